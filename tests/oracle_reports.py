"""The plain second opinion on the reports beside coverage.csv, from the downloaded files alone (METHODOLOGY, law 6).

Like `tests.oracle` it imports nothing of the application. Each function gives, for one report, the cells that the files
say: {what names the row: {column: text}}.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from tests.oracle import Oracle, Row, YearOracle, giving, listed, percentage, qualifying

ENTRY = {"prevention", "diversion", "alternatives"}
JUSTICE = {"admin_of_justice", "reduce_pretrial", "treatment_deprived", "legal_aid"}
BACK = {"reintegration", "restorative_justice"}
Cells = dict[tuple[str, ...], Row]


@dataclass
class Children:
    """The long files, on both bases together: rows by (reference, revision); deliveries by reference."""

    counterparts: dict[tuple[str, str], list[Row]]
    milestones: dict[tuple[str, str], list[Row]]
    deliveries: dict[str, list[Row]]


@dataclass
class Selection:
    """What a report was asked for."""

    year: int
    basis: str = "approved"
    region: str | None = None
    support_type: str | None = None
    country: str | None = None

    def rows(self, oracle: Oracle) -> tuple[YearOracle, list[Row]]:
        """The year, and its rows of the support type and the country."""
        whole = oracle.of_year(self.year, self.basis)
        return whole, self.of(whole.read)

    def of(self, rows: Iterable[Row]) -> list[Row]:
        """Those of the support type, naming the country."""
        mine = (row for row in rows if self.support_type in (None, *types(row)))
        return [row for row in mine if self.country in (None, *listed(row["countries"]))]


def types(row: Row) -> set[str]:
    """How and about what."""
    return {*listed(row["how"]), *listed(row["about"])}


def numbers(year: YearOracle, rows: list[Row], region: str | None) -> Row:
    """The figure of some rows: k, N, countries, activities."""
    here = [row for row in rows if region is None or region in {year.region(code) for code in giving(row)}]
    own = [code for code, office in year.offices.items() if region in (None, office["region"]) and year.expected(code)]
    k = sum(any(code in giving(row) for row in rows) for code in own)
    return {
        "numerator": str(k),
        "denominator": str(len(own)),
        "percent": percentage(k, len(own)),
        "countries": str(len(year.reached(here, region))),
        "activities": str(len({row["reference"] for row in here})),
    }


def tagged(oracle: Oracle, asked: Selection, tags: Callable[[Row], set[str]], codes: Iterable[str]) -> Cells:
    """A figure for each code, and for what carries none."""
    year, rows = asked.rows(oracle)
    every = int(numbers(year, rows, asked.region)["activities"])
    found: Cells = {}
    for code in codes:
        mine = [row for row in rows if (code in tags(row) if code != "not_recorded" else not tags(row))]
        cells = numbers(year, mine, asked.region)
        share = percentage(int(cells["activities"]), every)
        found[(code,)] = cells | {"of_activities": str(every), "activities_percent": share}
    return found


def single(column: str) -> Callable[[Row], set[str]]:
    """The tag of a cell with one code."""
    return lambda row: {row[column]} - {""}


def several(column: str) -> Callable[[Row], set[str]]:
    """The tags of a cell with many, without their roles."""
    return lambda row: {part.split(":")[0] for part in listed(row[column])}


def ticks(row: Row) -> set[str]:
    """How many quality ticks; not recorded where no form asked."""
    number = len(listed(row["quality"]))
    return {str(number)} if number or row["origin"] == "form" else set()


def quality(row: Row) -> set[str]:
    """Which ticks are set. A form without any says that there is none."""
    return set(listed(row["quality"])) or ({"none_ticked"} if row["origin"] == "form" else set())


def counterpart_kinds(children: Children) -> Callable[[Row], set[str]]:
    """The kinds of an activity's counterparts."""
    return lambda row: {each["kind"] for each in children.counterparts[row["reference"], row["revision"]]}


def crossed(oracle: Oracle, asked: Selection, keys: Iterable[tuple[str, str]], both_types: bool, cited: bool) -> Cells:
    """A cell for each pair: two types of one activity, or a type or provision in a region."""
    year, every = asked.rows(oracle)
    found: Cells = {}
    for first, second in keys:
        rows = [row for row in every if first in (listed(row["provisions"]) if cited else types(row))]
        if both_types:
            rows = [row for row in rows if second in types(row)]
        found[first, second] = numbers(year, rows, asked.region if both_types else second)
    return found


def entry_points(oracle: Oracle, asked: Selection, keys: Iterable[tuple[str, str]]) -> Cells:
    """Offices at an entry point, and offices engaged in the whole system."""
    year, rows = asked.rows(oracle)
    at_entry = [row for row in rows if types(row) & ENTRY]

    def offices(part: set[str]) -> set[str]:
        return {code for row in rows if types(row) & part for code in giving(row)}

    whole = offices(ENTRY) & offices(JUSTICE) & offices(BACK)
    found: Cells = {}
    for code, region in keys:
        place = region or None
        cells = numbers(year, at_entry, place)
        if code == "whole_system":
            own = [c for c, o in year.offices.items() if place in (None, o["region"]) and year.expected(c)]
            k = len(whole & set(own))
            cells = {"numerator": str(k), "denominator": str(len(own)), "percent": percentage(k, len(own))}
        found[code, region] = cells
    return found


def milestones(oracle: Oracle, children: Children, asked: Selection, kinds: Iterable[str]) -> Cells:
    """Milestones dated in the year, of activities that count in any year."""
    year = oracle.of_year(asked.year, asked.basis)
    approved = [r for r in oracle.approved if qualifying(r, "approved") and r["confirmations"]]
    submitted = [r for r in oracle.provisional if qualifying(r, "submitted") and r["confirmations"]]
    read = asked.of(approved if asked.basis == "approved" else approved + submitted)

    def steps(row: Row, kind: str) -> int:
        mine = children.milestones[row["reference"], row["revision"]]
        return sum(m["on"].startswith(str(asked.year)) and kind in ("", m["kind"]) for m in mine)

    found: Cells = {}
    for kind in kinds:
        rows = [row for row in read if steps(row, kind)]
        newest = {row["reference"]: row for row in rows}
        regions = {row["reference"]: {year.region(c) for r in rows if r["reference"] == row["reference"]
                                      for c in giving(r)} for row in rows}  # fmt: skip
        own = [r for ref, r in newest.items() if asked.region in (None, *regions[ref])]
        found[(kind,)] = numbers(year, rows, asked.region) | {"milestones": str(sum(steps(r, kind) for r in own))}
    return found


def participations(oracle: Oracle, children: Children, asked: Selection, codes: Iterable[str]) -> Cells:
    """People in the delivery lines of the year; unknown is not zero."""
    year, rows = asked.rows(oracle)
    found: Cells = {}
    for code in codes:
        with_them = {ref for ref, mine in children.deliveries.items() if entries(mine, asked.year, code)}
        own = [row for row in rows if row["reference"] in with_them]
        here = {
            row["reference"]
            for row in own
            if asked.region is None or asked.region in {year.region(c) for c in giving(row)}
        }
        mine = [each for ref in here for each in entries(children.deliveries[ref], asked.year, code)]
        people = [each for each in mine if each["has_people"] == "yes"]
        cells = numbers(year, own, asked.region) | {
            "delivery_lines": str(len({each["line"] for each in mine})),
            "lines_without_people": str(sum(each["has_people"] == "no" for each in mine)),
            "estimated_lines": str(len({each["line"] for each in mine if each["people_basis"] == "estimated"})),
            "entries": str(len(people)),
        }
        for name in ("women", "men", "not_recorded"):
            known = [int(each[name]) for each in people if each[name] != ""]
            cells |= {name: str(sum(known)) if known else "", f"{name}_blank": str(len(people) - len(known))}
        found[(code,)] = cells
    return found


def entries(rows: list[Row], year: int, code: str) -> list[Row]:
    """The rows of a year's delivery lines, of one profession."""
    mine = [row for row in rows if row["on"].startswith(str(year))]
    if code == "":
        return mine
    wanted = "" if code == "not_recorded" else code
    return [row for row in mine if row["has_people"] == "yes" and row["profession"] == wanted]


def countries(oracle: Oracle, asked: Selection, years: Iterable[int]) -> Cells:
    """Each programme country: reached or not, by what, since when."""
    year, rows = asked.rows(oracle)
    reached_in: dict[str, set[int]] = defaultdict(set)
    for each in years:
        other, its = replace(asked, year=each).rows(oracle)
        for country in other.reached(its, asked.region):
            reached_in[country].add(each)
    singles = year.reached([row for row in rows if len(listed(row["countries"])) == 1], asked.region)
    found: Cells = {}
    for country in year.programme_countries(asked.region):
        if asked.country not in (None, country):
            continue
        # Each office alone, so that it is seen through which of them a record reaches the country.
        ways = [
            (row["reference"], code)
            for row in rows
            for code in giving(row) & set(year.offices)
            if country in year.reached([row | {"co_offices": f"{code}:accepted"}], asked.region)
            and country in listed(year.offices[code]["countries"])
            and (asked.region is None or (year.region(code) == asked.region and year.expected(code)))
        ]
        state = "reached" if country in singles else "reached_only_multi" if ways else "not_reached"
        found[(country,)] = {
            "state": state,
            "activities": str(len({reference for reference, _code in ways})),
            "office_codes": ";".join(sorted({code for _reference, code in ways})),
            "first_year": str(min(reached_in[country], default="")),
            "last_year": str(max(reached_in[country], default="")),
        }
    return found


def last_year_with(oracle: Oracle, basis: str, years: Iterable[int], gave: Callable[[YearOracle], bool]) -> str:
    """The last of these years in which somebody gave something, blank if none."""
    return str(max((year for year in years if gave(oracle.of_year(year, basis))), default=""))


def gaps(oracle: Oracle, asked: Selection, years: Iterable[int], cells: Iterable[tuple[str, str, str]]) -> Cells:
    """Of these (dimension, code, region), those where k is zero and somebody was expected."""
    year = oracle.of_year(asked.year, asked.basis)
    before = [each for each in years if each < asked.year]
    found: Cells = {}
    for dimension, code, region in cells:
        column = "provisions" if dimension == "gap_provision" else "types"

        def rows(of: YearOracle, code: str = code, column: str = column) -> list[Row]:
            return [
                r
                for r in asked.of(of.read)
                if code in (listed(r["provisions"]) if column == "provisions" else types(r))
            ]

        def gave(of: YearOracle, region: str = region, rows: Callable[[YearOracle], list[Row]] = rows) -> bool:
            return numbers(of, rows(of), region)["numerator"] != "0"

        told = numbers(year, rows(year), region)
        if told["numerator"] == "0" and told["denominator"] != "0":
            found[dimension, code, region] = told | {"last_year": last_year_with(oracle, asked.basis, before, gave)}
    return found


def offices_in(oracle: Oracle, asked: Selection, years: Iterable[int], states: set[str]) -> Cells:
    """The offices in these states, with the last year in which they provided."""
    year = oracle.of_year(asked.year, asked.basis)
    found: Cells = {}
    for code, state in year.states.items():
        if state in states and asked.region in (None, year.region(code)):

            def gave(of: YearOracle, code: str = code) -> bool:
                return of.states.get(code) == "provided"

            known = [each for each in years if each <= asked.year]
            found[(code,)] = {"state": state, "last_support": last_year_with(oracle, asked.basis, known, gave)}
    return found
