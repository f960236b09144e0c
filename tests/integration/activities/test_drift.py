"""What is kept for lists and figures never drifts from the records, whatever happened to them."""

import pytest

from app.activities.filters import ActivityFilters
from app.activities.queries import count_lines
from app.activities.queries_files import stream_lines
from app.activities.rules import PartnerTag, ProvisionTag
from app.core.permissions import SYSTEM
from app.coverage.keeping import rebuild, verify
from tests.factories.activities import approved
from tests.factories.history import History
from tests.integration.activities.kept import drift

pytestmark = pytest.mark.both_engines


def test_a_line_says_tags_in_one_order_however_they_were_typed(session):
    partners = (PartnerTag("unodc", "funds"), PartnerTag("ohchr", "lead"))
    cited = (
        ProvisionTag("E1997-30-8", "mandated_by"),
        ProvisionTag("CRC-40", "applied"),
        ProvisionTag("CRC-4", "mandated_by"),
    )
    approved(session, partners=partners, provisions=cited, co_offices=("2040", "0420"))
    assert drift(session) == []


@pytest.mark.histories(11, 12)
def test_lines_confirmations_and_kept_facts_after_a_random_history(session, seed):
    history = History(session, seed, others=("297R",))
    history.live(150)
    assert drift(session) == []
    assert list(verify(session)) == []
    rebuild(session)
    assert list(verify(session)) == []
    for basis in ("approved", "provisional"):
        rows = list(stream_lines(session, SYSTEM, ActivityFilters(basis=basis)))
        assert sorted(r.activity_id for r in rows) == sorted(a.id for a in history.activities)
        assert count_lines(session, SYSTEM, ActivityFilters(basis=basis)) == len(rows)
