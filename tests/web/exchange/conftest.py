"""Who sends files."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import SignIn


@pytest.fixture
def staff(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    sign_in(client)
    return client
