"""Small IATI files for the tests, and where the real ones lie."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from app.exchange.iati_reader import Fault, IatiActivity, read_iati

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
REAL = SHARED / "real" / "iati"
TODAY = date(2026, 11, 23)

needs_shared = pytest.mark.skipif(not REAL.is_dir(), reason=f"no real IATI files at {REAL}")

PARTS = {
    "iati-identifier": "<iati-identifier>XX-1-A</iati-identifier>",
    "reporting-org": '<reporting-org ref="XX-1" type="40"><narrative>Reporter</narrative></reporting-org>',
    "title": "<title><narrative>Diversion for children</narrative></title>",
    "description": '<description type="1"><narrative>What it is about.</narrative></description>',
    "participating-org": '<participating-org role="4" type="40"><narrative>Doer</narrative></participating-org>',
    "activity-status": '<activity-status code="2"/>',
    "activity-date": '<activity-date iso-date="2020-01-01" type="2"/>',
    "contact-info": "",
    "activity-scope": "",
    "recipient-country": '<recipient-country code="KE"/>',
    "recipient-region": "",
    "location": "",
    "sector": '<sector vocabulary="1" code="15130"/>',
    "tag": "",
    "default-aid-type": "",
    "transaction": "",
    "document-link": "",
}


def activity_xml(attributes: str = 'xml:lang="en"', **changes: str) -> str:
    """A valid activity; each keyword (underscores for hyphens) replaces one kind of element, `extra` comes last."""
    extra = changes.pop("extra", "")
    wanted = PARTS | {name.replace("_", "-"): xml for name, xml in changes.items()}
    assert set(wanted) == set(PARTS), set(wanted) - set(PARTS)
    return f"<iati-activity {attributes}>{''.join(wanted.values())}{extra}</iati-activity>"


def file_xml(*activities: str, version: str = "2.03") -> str:
    """A whole file around activities."""
    said = f' version="{version}"' if version else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<iati-activities{said}>\n'
        + "\n".join(activities)
        + "\n</iati-activities>\n"
    )


def written(folder: Path, content: str | bytes, name: str = "file.xml") -> Path:
    """A file with that content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read_one(folder: Path, *activities: str, version: str = "2.03") -> IatiActivity:
    """The first activity of a file made of `activities`."""
    return next(read_iati(written(folder, file_xml(*activities, version=version)), today=TODAY))


def only(activity: IatiActivity, part: str) -> Fault:
    """The one fault whose message holds `part`."""
    found = [fault for fault in activity.faults if part in fault.message]
    assert len(found) == 1, activity.faults
    return found[0]


def rows(path: Path) -> list[dict[str, str]]:
    """A CSV file's rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
