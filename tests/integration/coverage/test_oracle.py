"""Law 6: from the downloaded files alone, plain Python recomputes every cell of coverage.csv."""

from datetime import UTC, datetime

import pytest

from app.core import clock
from app.coverage.keeping import verify
from tests.factories.history import History
from tests.integration.coverage.files import files_of
from tests.oracle import Oracle, disagreements

pytestmark = pytest.mark.both_engines
TODAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
REGIONAL = ("297R", "456C")


@pytest.mark.histories(1, 2)
def test_a_random_history(session, seed):
    history = History(session, seed, others=REGIONAL)
    history.live(170)
    assert sum(history.done.values()) > 80, history.refused
    with clock.pretending(TODAY):
        oracle, coverage = files_of(session)
    assert disagreements(oracle, coverage) == []
    assert states_disagree(oracle) == []
    assert list(verify(session)) == []
    assert sum(int(row["numerator"]) for row in coverage) > 50


def states_disagree(oracle: Oracle) -> list[str]:
    """Each office whose states or flags in offices.csv are not what the other files say."""
    found = []
    for year in sorted({int(row["year"]) for row in oracle.offices}):
        approved, provisional = oracle.of_year(year, "approved"), oracle.of_year(year, "provisional")
        for code, row in approved.offices.items():
            mine = (approved.state(code), provisional.state(code), approved.flags(code))
            theirs = (
                row["state"],
                row["state_provisional"],
                set(filter(None, row["flags"].split(";"))) - {"contradiction"},
            )
            if mine != theirs:
                found.append(f"{year} {code}: {theirs}, not {mine}")
    return found
