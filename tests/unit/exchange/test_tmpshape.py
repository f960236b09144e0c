"""Our table of IATI 2.03's shape says what the official schema says. The schema itself is only needed here."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from app.exchange.iati_findings import Findings
from app.exchange.iati_reader import strip_contacts
from app.exchange.iati_shape import check_shape, value_fits
from tests.unit.exchange.iati_files import REAL, SHARED, activity_xml, needs_shared, only, read_one

READER_TELLS = {"iati-identifier", "title", "activity-status", "reporting-org"}
VALUES = ["", "x", "2020-01-01", "2020-02-30", "2020-01-01T00:00:00Z", "1", "-1", "1.5", "true", "0", " 7 "]


def shape_messages(activity: Any) -> list[str]:
    findings = Findings(activity, 1)
    check_shape(activity, findings, old=False)
    return [fault.message for fault in findings.faults()]


def _elements(activity: Any) -> list[Any]:
    """All but those inside elements of other namespaces, which we pass over and the schema half-checks."""
    foreign = {inner for node in activity.iter("{*}*") if "}" in node.tag for inner in node.iter()}
    return [node for node in activity.iter("*") if node not in foreign]


def _mutate(activity: Any, chance: random.Random) -> None:
    """Break or change one thing, as a publisher might."""
    node = chance.choice(_elements(activity))
    if node is activity or chance.random() < 0.5:
        _mutate_attributes(node, chance)
    else:
        _mutate_tree(node, node.getparent(), chance)


def _mutate_attributes(node: Any, chance: random.Random) -> None:
    what = chance.choice(["new", "gone", "value", "text"])
    if what == "new":
        node.set(chance.choice(["code", "vocabulary", "strange", "type", "ref", "humanitarian"]), "1")
    elif what == "gone" and node.attrib:
        del node.attrib[chance.choice(list(node.attrib))]
    elif what == "value" and node.attrib:
        _change_value(node, chance)
    elif node.tag != "narrative":
        node.text = chance.choice(VALUES)


def _mutate_tree(node: Any, parent: Any, chance: random.Random) -> None:
    what = chance.choice(["drop", "copy", "move", "rename"])
    if what == "drop":
        parent.remove(node)
    elif what == "copy":
        parent.append(etree.fromstring(etree.tostring(node, with_tail=False)))
    elif what == "move":
        parent.insert(chance.randrange(len(parent)), node)
    else:
        node.tag = chance.choice(["narrative", "title", "sector", "value", "unheard-of"])


def _change_value(node: Any, chance: random.Random) -> None:
    name = chance.choice(list(node.attrib))
    told_by_reader = name == "percentage" or (node.tag, name) == ("activity-date", "iso-date")
    free = "}" in name or name in ("url", "vocabulary-uri", "linked-data-uri", "indicator-uri", "iati-equivalent")
    if not told_by_reader and not free:
        node.set(name, chance.choice(VALUES))


@needs_shared
@pytest.mark.parametrize("seed", range(600))
def test_table_agrees_with_the_schema_on_mutated_real_activities(seed: int) -> None:
    schema = etree.XMLSchema(etree.parse(str(SHARED / "iati" / "iati-activities-schema.xsd")))
    sources = [*etree.parse(str(REAL / "other_publishers_dev.xml")).getroot().iterchildren("iati-activity")]
    chance = random.Random(seed)
    for _ in range(40):
        root = etree.fromstring(b'<iati-activities version="2.03"/>')
        activity = etree.fromstring(etree.tostring(chance.choice(sources), with_tail=False))
        root.append(activity)
        strip_contacts(activity)
        for _ in range(chance.randrange(3)):
            _mutate(activity, chance)
        if activity.tag != "iati-activity" or any(activity.find(tag) is None for tag in READER_TELLS):
            continue
        messages = shape_messages(activity)
        valid = schema.validate(root)
        log = [entry.message for entry in schema.error_log]
        print("V" if valid else "I"); assert valid == (not messages), (messages, log, etree.tostring(activity)[:3000])


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (
            "date",
            ["2020-01-01", " 2020-01-01Z ", "2020-01-01-14:00"],
            ["2020-1-1", "2020-02-30", "", "2020-01-01T00:00:00"],
        ),
        ("dateTime", ["2020-01-01T00:00:00", "2020-01-01T23:59:59.5+02:00"], ["2020-01-01", "2020-01-01 00:00:00", ""]),
        ("decimal", ["1", "-1.50", ".5", "5.", "+0"], ["", "1e3", "1,5", "x", "NaN"]),
        ("boolean", ["1", "0", "true", "false"], ["", "yes", "TRUE"]),
        ("whole", ["0", "12", "-0"], ["-1", "1.0", ""]),
        ("positive", ["1", "+007"], ["0", "-1", ""]),
        ("integer", ["-5", "0"], ["", "1.0"]),
        ("", ["", "anything"], []),
    ],
)
def test_value_fits(kind: str, good: list[str], bad: list[str]) -> None:
    assert all(value_fits(kind, value) for value in good)
    assert not any(value_fits(kind, value) for value in bad)


def test_equal_faults_are_counted_and_the_first_place_named(tmp_path: Path) -> None:
    location = '<location><location-reach code="1"/>\n<location-id vocabulary="1"/></location>'
    fault = only(read_one(tmp_path, activity_xml(location=location * 3)), "location-id has no code")
    assert (fault.severity, fault.times, fault.line) == ("warning", 3, 4)
    assert fault.where == "iati-activity[1]/location[1]/location-id, line 4"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": "<title>Bare</title>"}, "title has no narrative"),
        ({"title": "<title>Bare</title>"}, "title holds text of its own"),
        ({"title": "<title><narrative>A</narrative></title><title><narrative>A</narrative></title>"}, "only one title"),
        ({"description": ""}, "has no description"),
        ({"extra": '<activity-scope code="4"/>'}, "activity-scope stands after sector"),
        ({"extra": "<activity-website>x</activity-website>"}, "no element activity-website"),
        ({"attributes": 'humanitarian="maybe"'}, "The humanitarian of iati-activity should be 1, 0, true or false."),
    ],
)
def test_shape_faults(tmp_path: Path, changes: dict[str, str], words: str) -> None:
    assert only(read_one(tmp_path, activity_xml(**changes)), words).severity == "warning"


def test_the_list_of_faults_has_an_end(tmp_path: Path) -> None:
    odd = "".join(f"<odd{number}/>" for number in range(500))
    faults = read_one(tmp_path, activity_xml(extra=odd)).faults
    assert len(faults) == 201
    assert faults[-1].message == "300 more findings are not listed."
