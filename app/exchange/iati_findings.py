"""What was found wrong in one activity: the record of a fault, and the collector that groups equal ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]

MAX_FAULTS = 200
VALUE_LIMIT = 200
_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong, told once however often it occurs.

    severity: `error` (a field that a record needs stayed empty), `warning` (IATI's rules are broken, or a
    value was left aside), `note` (good to know). where: path of the first occurrence with its line, for
    example `iati-activity[3]/location[1]/location-id, line 61`. value: what stood there, at most 200
    characters. times: how often it occurs in this activity. Lines past 65535 may be off by a few.
    """

    severity: Severity
    where: str
    message: str
    value: str = ""
    line: int = 0
    times: int = 1


def local_name(tag: str) -> str:
    """`{space}name` or `name`: the name without its namespace."""
    return tag.rpartition("}")[2]


def namespace(tag: str) -> str:
    """`{space}name`: the namespace, or "" where there is none."""
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""


class Findings:
    """Collects the faults of one activity. Equal messages at the same kind of place count as one fault."""

    def __init__(self, activity: Any, position: int) -> None:
        """`activity` is the lxml element, `position` its 1-based place in the file."""
        self._activity = activity
        self._position = position
        self._found: dict[tuple[Severity, str, str], list[Any]] = {}
        self._left_out = 0

    def add(self, severity: Severity, node: Any, message: str, value: str = "", *, attribute: str = "") -> None:
        """Record `message` about `node` (None: the activity as a whole), with the value found there."""
        target = self._activity if node is None else node
        key = (severity, self._kind_of_place(target) + attribute, message)
        known = self._found.get(key)
        if known is not None:
            known[3] += 1
        elif len(self._found) >= MAX_FAULTS:
            self._left_out += 1
        else:
            where = self._where(target) + (f"/@{attribute}" if attribute else "")
            self._found[key] = [where, value[:VALUE_LIMIT], target.sourceline or 0, 1]

    def faults(self) -> tuple[Fault, ...]:
        """All faults, errors first, then in the order found."""
        listed = [
            Fault(severity, f"{where}, line {line}", message, value, line, times)
            for (severity, _, message), (where, value, line, times) in self._found.items()
        ]
        listed.sort(key=lambda fault: _ORDER[fault.severity])
        if self._left_out:
            place = f"iati-activity[{self._position}]"
            listed.append(Fault("note", place, f"{self._left_out} more findings are not listed."))
        return tuple(listed)

    def _kind_of_place(self, node: Any) -> str:
        parts = []
        while node is not None and node is not self._activity:
            parts.append(node.tag)
            node = node.getparent()
        return "/".join(parts)

    def _where(self, node: Any) -> str:
        parts: list[str] = []
        while node is not None and node is not self._activity:
            parts.append(_step(node))
            node = node.getparent()
        return "/".join([f"iati-activity[{self._position}]", *reversed(parts)])


def _step(node: Any) -> str:
    """One step of a path; counted only where there are several of the same name."""
    before = sum(1 for _ in node.itersiblings(node.tag, preceding=True))
    name = local_name(node.tag)
    if before or next(node.itersiblings(node.tag), None) is not None:
        return f"{name}[{before + 1}]"
    return name
