"""One cell as a value: every way in which people write a date, and what is refused."""

from __future__ import annotations

import pytest

from app.exchange.sheet_values import DAY_FIRST, MONTH_FIRST, Unclear, read_date, read_yes_no

WRITTEN = {
    "2025-03-10": (
        "2025-03-10", "10/03/2025", "10.3.2025", "10 03 2025", "10 March 2025", "10 Mar 2025", "10-Mar-2025",
        "10 mars 2025", "10 de marzo de 2025",
        "10 de marzo del 2025", "March 10, 2025", "Mar 10 2025", "March 10th, 2025", "10th March 2025",
        "10th of March 2025", "2025-03-10T09:30:00Z", "١٠/٣/٢٠٢٥", "10 مارس 2025",
    ),
    "2025-03-01": ("1er mars 2025", "1st March 2025", "01/03/2025"),
    "2025-03": ("2025-03", "March 2025", "mars 2025", "Mar-2025", "March, 2025", "marzo de 2025", "03/2025"),
    "2025": ("2025",),
}  # fmt: skip


@pytest.mark.parametrize(("iso", "cell"), [(iso, cell) for iso, cells in WRITTEN.items() for cell in cells])
def test_dates_as_people_write_them(iso: str, cell: str) -> None:
    assert read_date(cell, DAY_FIRST) == iso


def test_the_order_matters_for_numbers_alone() -> None:
    assert read_date("03/04/2025", MONTH_FIRST) == "2025-03-04"
    assert read_date("4 March 2025", MONTH_FIRST) == "2025-03-04"


@pytest.mark.parametrize(
    "cell",
    ["", "soon", "31/02/2025", "32 March 2025", "March 32, 2025", "10/3/25", "45000", "2025.1", "10 2025",
     "th March 2025", "March 2025 10", "2025-03-10 24:61", "10 Foo 2025", "2025-13"],
)  # fmt: skip
def test_what_is_no_date(cell: str) -> None:
    with pytest.raises(Unclear):
        read_date(cell, DAY_FIRST)


def test_yes_and_no_in_each_language() -> None:
    assert all(read_yes_no(word) for word in ("Yes", "oui", "Sí", "نعم", "TRUE", "1"))
    assert not any(read_yes_no(word) for word in ("No", "non", "NO", "لا", "false", "0", ""))
