"""Settings of signing in: fit for production, and refused in words where they cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from config import Settings, SettingsError

ISSUER = {
    "TRACKER_OIDC_ISSUER": "https://id.example.org", "TRACKER_OIDC_CLIENT_ID": "tracker",
    "TRACKER_OIDC_CLIENT_SECRET": "not for the log", "TRACKER_BASE_URL": "https://tracker.example.org",
}  # fmt: skip


def test_production_asks_those_whose_rights_reach_far_for_a_second_factor() -> None:
    """ASVS 6.3.3."""
    assert Settings.from_env({}).second_factor_roles == {"regional_adviser", "headquarters", "administrator"}
    assert not Settings.from_env({"TRACKER_ENV": "development"}).second_factor_roles
    asked = Settings.from_env({"TRACKER_SECOND_FACTOR_ROLES": "country_lead, administrator"})
    assert asked.second_factor_roles == {"country_lead", "administrator"}
    assert not Settings.from_env({"TRACKER_SECOND_FACTOR_ROLES": "none"}).second_factor_roles


def test_the_provider_and_its_groups(tmp_path: Path) -> None:
    file = tmp_path / "groups.json"
    file.write_text(json.dumps({"leads": [{"role": "country_lead", "office": "0060"}]}), encoding="utf-8")
    read = Settings.from_env(ISSUER | {"TRACKER_OIDC_GROUPS": str(file)})
    assert read.oidc is not None
    assert read.oidc.groups["leads"][0]["office"] == "0060"
    assert read.oidc.name == "id.example.org"
    assert "not for the log" not in repr(read.oidc)
    assert Settings.from_env({}).oidc is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"TRACKER_SECOND_FACTOR_ROLES": "king"},
        {"TRACKER_IDLE_DAYS": "0"},
        {"TRACKER_IDLE_DAYS": "soon"},
        ISSUER | {"TRACKER_OIDC_ISSUER": "http://id.example.org"},
        ISSUER | {"TRACKER_OIDC_CLIENT_SECRET": ""},
        ISSUER | {"TRACKER_BASE_URL": ""},
        ISSUER | {"TRACKER_OIDC_GROUPS": "/nowhere.json"},
    ],
)
def test_what_cannot_be_is_refused_in_words(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="TRACKER_"):
        Settings.from_env(wrong)


@pytest.mark.parametrize("text", ["[1]", "{", '{"a": [{"role": "king"}]}', '{"a": [{"role": "headquarters", "x": 1}]}'])
def test_groups_that_name_no_role_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "groups.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="TRACKER_OIDC_GROUPS"):
        Settings.from_env(ISSUER | {"TRACKER_OIDC_GROUPS": str(file)})
