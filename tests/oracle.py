"""A second, slow, plain opinion on every figure, from the downloaded files alone (METHODOLOGY, law 6).

Written from METHODOLOGY.md, not from the code: it imports nothing of the application. It reads what a person at
headquarters downloads: activities.csv on both bases, offices.csv of each year, returns.csv.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

Row = dict[str, str]
BEGUN = {"active", "finalising", "closed", "suspended"}
COMPARED = (
    "numerator", "denominator", "percent", "provided", "declared", "nil", "answered_none", "unanswered",
    "not_expected", "range_low", "range_high", "dates_only", "countries", "countries_only_multi",
    "programme_countries", "signed_returns", "signed_on_time", "activities",
)  # fmt: skip


def listed(cell: str) -> list[str]:
    """A cell that holds several codes."""
    return [part for part in cell.split(";") if part]


def qualifying(row: Row, workflow: str) -> bool:
    """The row shows a revision of this workflow state that qualifies, the year left aside."""
    return (
        row["workflow"] == workflow
        and row["withdrawn"] == row["set_aside"] == "no"
        and row["delivery_status"] in BEGUN
        and row["concerns"] in {"mainly", "also"}
        and row["provisions"] != ""
    )


def confirmed(row: Row, year: int) -> set[str]:
    """How the row is confirmed in the year: empty if it is not."""
    pairs = [part.split(":") for part in listed(row["confirmations"])]
    return {how for text, how in pairs if int(text) == year}


def giving(row: Row) -> set[str]:
    """The offices to which the row gives coverage: its lead and the co-offices that accepted."""
    answers = [part.split(":") for part in listed(row["co_offices"])]
    return {row["lead_office"]} | {office for office, answer in answers if answer == "accepted"}


def percentage(k: int, n: int) -> str:
    """Half-up to one decimal, blank where no office is expected."""
    if n == 0:
        return ""
    return str((Decimal(100) * k / n).quantize(Decimal("0.1"), ROUND_HALF_UP))


@dataclass
class Oracle:
    """The files. `regions_of_others` are the regions of regional offices and headquarters, which no file tells."""

    approved: list[Row]
    provisional: list[Row]
    offices: list[Row]
    returns: list[Row]
    regions_of_others: dict[str, str] = field(default_factory=dict)

    def of_year(self, year: int, basis: str) -> YearOracle:
        """What the files say of one year on one basis."""
        approved = [r for r in self.approved if qualifying(r, "approved") and confirmed(r, year)]
        submitted = [r for r in self.provisional if qualifying(r, "submitted") and confirmed(r, year)]
        signed = {r["office"]: r for r in self.returns if int(r["year"]) == year and r["state"] == "signed"}
        offices = {r["code"]: r for r in self.offices if int(r["year"]) == year}
        read = approved if basis == "approved" else approved + submitted
        return YearOracle(year, offices, signed, read, submitted, self.regions_of_others)


@dataclass
class YearOracle:
    """One year on one basis: `read` are the rows that count, `submitted` those that would."""

    year: int
    offices: dict[str, Row]
    signed: dict[str, Row]
    read: list[Row]
    submitted: list[Row]
    regions_of_others: dict[str, str]

    def expected(self, code: str) -> bool:
        """A country or multi-country office on the roster and not exempt."""
        office = self.offices.get(code)
        return office is not None and office["on_roster"] == "yes" and office["exempt_reason"] == ""

    def region(self, code: str) -> str | None:
        """The region of any office."""
        return self.offices[code]["region"] if code in self.offices else self.regions_of_others.get(code)

    @cached_property
    def states(self) -> dict[str, str]:
        """The state of every country and multi-country office."""
        return {code: self.state(code) for code in self.offices}

    def state(self, code: str) -> str:
        """The state of an office: the first that fits."""
        if not self.expected(code):
            return "not_expected"
        if any(code in giving(row) for row in self.read):
            return "provided"
        answer = self.signed[code]["answer"] if code in self.signed else None
        if answer == "support" or any(code in giving(row) for row in self.submitted):
            return "declared"
        return "nil" if answer == "nil" else "unanswered"

    def reached(self, rows: list[Row], region: str | None) -> set[str]:
        """Programme countries where support was delivered."""
        found = set()
        for row in rows:
            if not self.expected(row["lead_office"]):
                continue
            for code in giving(row) & set(self.offices):
                here = region is None or (self.region(code) == region and self.expected(code))
                if here:
                    found |= set(listed(row["countries"])) & set(listed(self.offices[code]["countries"]))
        return found & self.programme_countries(region)

    def programme_countries(self, region: str | None) -> set[str]:
        """Countries served by an office on the roster."""
        own = [o for o in self.offices.values() if o["on_roster"] == "yes" and region in (None, o["region"])]
        return {country for office in own for country in listed(office["countries"])}

    def figure(
        self,
        region: str | None = None,
        support_type: str | None = None,
        provision: str | None = None,
        with_type: str | None = None,
        country: str | None = None,
    ) -> Row:
        """Every number of the row of coverage.csv for this slice."""
        own = [code for code, office in self.offices.items() if region in (None, office["region"])]
        rows = [
            row
            for row in self.read
            if support_type in (None, *listed(row["how"]), *listed(row["about"]))
            and with_type in (None, *listed(row["how"]), *listed(row["about"]))
            and country in (None, *listed(row["countries"]))
            and provision in (None, *listed(row["provisions"]))
        ]
        here = [row for row in rows if region is None or region in {self.region(code) for code in giving(row)}]
        whole = {code: self.states[code] for code in own}
        providing = {code for code in own if whole[code] == "provided" and any(code in giving(row) for row in rows)}
        firm = [row for row in rows if confirmed(row, self.year) != {"dates"}]
        n = {state: list(whole.values()).count(state) for state in ("declared", "nil", "unanswered", "not_expected")}
        k, expected = len(providing), sum(self.expected(code) for code in own)
        signed = [code for code in own if self.expected(code) and code in self.signed]
        single = [row for row in here if len(listed(row["countries"])) == 1]
        high = k + n["declared"] + n["unanswered"]
        numbers = {
            "numerator": k,
            "denominator": expected,
            "percent": percentage(k, expected),
            "provided": k,
            **n,
            "answered_none": n["nil"] + list(whole.values()).count("provided") - k,
            "range_low": percentage(k, expected),
            "range_high": percentage(high, expected),
            "dates_only": sum(not any(code in giving(row) for row in firm) for code in providing),
            "countries": len(self.reached(here, region)),
            "countries_only_multi": len(self.reached(here, region) - self.reached(single, region)),
            "programme_countries": len(self.programme_countries(region)),
            "signed_returns": len(signed),
            "signed_on_time": sum(self.signed[code]["on_time"] == "yes" for code in signed),
            "activities": len({row["reference"] for row in here}),
        }
        return {name: str(value) for name, value in numbers.items()}

    def providing(self, types: set[str] = frozenset()) -> set[str]:  # type: ignore[assignment]
        """Offices in k that gave any of these types (whatever they gave, without types)."""
        rows = [row for row in self.read if not types or types & {*listed(row["how"]), *listed(row["about"])}]
        return {
            code for code in self.offices if self.states[code] == "provided" and any(code in giving(r) for r in rows)
        }

    def active(self, code: str) -> bool:
        """A qualifying or submitted activity gives the office coverage, whatever the basis."""
        return any(code in giving(row) for row in (*self.read, *self.submitted))

    def listed_rows(self, region: str | None = None) -> list[Row]:
        """One row an activity of the figure: the approved one where both versions count."""
        here = [row for row in self.read if region is None or region in {self.region(code) for code in giving(row)}]
        return list({row["reference"]: row for row in reversed(here)}.values())

    def flags(self, code: str) -> set[str]:
        """What offices.csv says beside the approved state."""
        found = set()
        mine = [row for row in self.read if code in giving(row)]
        if self.state(code) == "provided":
            found |= {"unsigned"} if code not in self.signed else set()
            found |= {"dates_only"} if all(confirmed(row, self.year) == {"dates"} for row in mine) else set()
        if mine and self.state(code) == "not_expected":
            found.add("support_though_not_expected")
        return found


def slice_of(row: Row) -> tuple[str | None, str | None, str | None]:
    """Region, support type and provision of a row of coverage.csv."""
    code = row["code"]
    return {
        "world": (None, None, None),
        "region": (code, None, None),
        "support_type": (None, code, None),
        "provision": (None, None, code),
        "region_support_type": (code, row["code2"], None),
    }[row["dimension"]]


def disagreements(oracle: Oracle, coverage: list[Row]) -> list[str]:
    """Every cell of coverage.csv that is not what the files say, told in words."""
    found = []
    years: dict[tuple[str, str], YearOracle] = {}
    for row in coverage:
        place = (row["year"], row["basis"])
        if place not in years:
            years[place] = oracle.of_year(int(row["year"]), row["basis"])
        mine = years[place].figure(*slice_of(row))
        where = f"{row['year']} {row['basis']} {row['dimension']} {row['code']} {row['code2']}"
        found += [f"{where} {c}: {row[c]!r}, not {mine[c]!r}" for c in COMPARED if row[c] != mine[c]]
    return found
