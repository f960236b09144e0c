import pytest
from sqlalchemy import text

pytestmark = pytest.mark.both_engines


@pytest.mark.parametrize("n", range(20))
def test_session(session, n):
    assert session.execute(text("select count(*) from office")).scalar() == 162


@pytest.mark.parametrize("n", range(20))
def test_sessions(sessions, n):
    with sessions() as s:
        assert s.execute(text("select count(*) from office")).scalar() == 162
