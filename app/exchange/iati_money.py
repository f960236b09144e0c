"""What is odd about the amounts of one IATI activity. None is taken over; who reads the original is warned."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from app.exchange.iati_parts import Reading, attribute, own_text
from app.exchange.iati_shape import value_fits
from app.exchange.iati_text import read_date


def check_money(reading: Reading) -> None:
    """Add to the findings amounts in no currency, and budgets that are negative or end before they begin."""
    if not attribute(reading.node, "default-currency"):
        for value in reading.node.iter("value"):
            if not attribute(value, "currency"):
                message = "The amount has no currency, and the activity names none for all (default-currency)."
                reading.findings.add("warning", value, message, own_text(value).strip())
    for budget in reading.children("budget"):
        _check_budget(reading, budget)


def _check_budget(reading: Reading, budget: Any) -> None:
    for value in budget.iterchildren("value"):
        amount = own_text(value).strip()
        if value_fits("decimal", amount) and Decimal(amount) < 0:
            reading.findings.add("warning", value, "The budget is below zero.", amount)
    start, end = (_day_of(budget, name) for name in ("period-start", "period-end"))
    if start and end and end < start:
        reading.findings.add("warning", budget, "The budget ends before it begins.", f"{start} – {end}")


def _day_of(budget: Any, name: str) -> date | None:
    node = budget.find(name)
    return None if node is None else read_date(attribute(node, "iso-date"))[0]
