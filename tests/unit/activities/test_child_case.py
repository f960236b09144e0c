"""What looks like the case of one child, and what does not."""

from __future__ import annotations

import pytest

from app.activities.child_case import looks_like_a_case


@pytest.mark.parametrize(
    "text",
    [
        "A boy born 12/03/2011 was heard",
        "DOB: 2011-03-12",
        "née le 3 mars 2010",
        "nacida el 3 de marzo de 2010",
        "ولد في 12/03/2011",
        "Case no. 12/2024 of Amina Diallo",
        "Dossier n° 45-B, Jean Dupont",
        "Expediente núm. 7 de María López",
        "Amina Diallo, aged 14, was released",
        "قضية رقم 12/2024",
    ],
)
def test_a_case(text: str) -> None:
    assert looks_like_a_case(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Training of 40 judges on 12/03/2024",
        "Birth registration was discussed",
        "Resolution no. 12 of 2024",
        "Case management for Child Protection officers",
        "The Juvenile Justice Act, adopted 3 March 2010",
        "children aged 14 to 17",
        "Case number 12 was cited by the court",
    ],
)
def test_no_case(text: str) -> None:
    assert not looks_like_a_case(text)
