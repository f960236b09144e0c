"""The activity form: its fields, what they offer, and the `Content` that they make. The rules are the services'."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, FormField, HiddenField, StringField, TextAreaField, ValidationError

from app.activities.form_fields import (
    MOST_ROWS,
    Choice,
    Choices,
    CounterpartPart,
    MilestonePart,
    PartnerPart,
    Roles,
    Rows,
    choices,
    grouped,
    is_filled,
)
from app.activities.form_offer import Offer
from app.activities.rules import (
    OTHER_TYPE,
    Content,
    CounterpartTag,
    MilestoneTag,
    PartnerTag,
    ProvisionTag,
    TypeTag,
)
from app.core.errors import Invalid, Problem
from app.core.i18n import N_
from app.core.text import fold
from app.core.web.forms import BaseForm, ClientMadeMixin, PartialDateField, VersionedMixin
from app.core.web.locale import _, lazy

# What stands in the first group, the quick log. A house test proves that it is enough to submit.
QUICK_LOG = (
    "office", "title", "language", "how", "other_words", "about", "request_source", "mandate", "role", "standards",
    "status", "status_reason", "actual_start", "actual_end", "planned_start", "planned_end", "delivered",
    "counterparts", "concerns", "countries", "countries_reason",
)  # fmt: skip
# Content fields that are one field of the form, of the same name.
SAME = (
    "title", "language", "request_source", "source_symbol", "source_date", "status", "status_reason", "planned_start",
    "planned_end", "actual_start", "actual_end", "delivered", "concerns", "scope", "countries_reason",
    "term_override", "term_reason", "summary", "coordinator_involved", "government_agreement", "partners_agreement",
    "in_country_plan", "funding", "guidance_used", "results", "lessons", "visibility", "sensitive",
)  # fmt: skip
# Content fields that are several ticks of one group.
MANY = ("modalities", "target_groups", "obstacles", "quality", "countries")
# Lists that are long and seldom needed: the page brings what is chosen of them, the rest when it is asked for.
LATE = ("standards", "target_groups", "countries", "co_offices")
LONG = 12
TEXTS = frozenset({
    "title", "source_symbol", "status_reason", "delivered", "countries_reason", "term_reason", "summary",
    "guidance_used", "results", "lessons",
})  # fmt: skip
# A point before the cents; between thousands a comma, an apostrophe or a space. "12500,50" could be read two ways.
AMOUNT = re.compile(r"(\d{1,12}|\d{1,3}([,'\s]\d{3}){1,3})([.]\d{1,2})?")
NOT_AN_AMOUNT = N_("Write the amount as a number in US dollars, for example 12500 or 12500.50.")


class ActivityForm(ClientMadeMixin, VersionedMixin, BaseForm):
    """One activity. Field names are those that the services name in their problems."""

    # The key of what asked for the record, where something did (app.activities.presets).
    asked_by = HiddenField()
    office = Choice(lazy(N_("Office")))
    title = StringField(lazy(N_("What did you do?")))
    language = Choice(lazy(N_("Written in")))
    how = Choices(lazy(N_("How did you help?")))
    other_words = StringField(lazy(N_("Which other help?")))
    main_type = Choice(lazy(N_("The main way of helping")))
    about = Choices(lazy(N_("About what?")))
    request_source = Choice(lazy(N_("Who asked?")))
    source_symbol = StringField(lazy(N_("Symbol or number of the document")))
    source_date = PartialDateField(lazy(N_("Date of the document")))
    mandate = Choices(lazy(N_("Which provision mandates it?")))
    role = Roles(lazy(N_("Role of the provision")))
    standards = Choices(lazy(N_("Further standards applied")))
    status = Choice(lazy(N_("How far is it?")))
    status_reason = TextAreaField(lazy(N_("Why is it suspended or cancelled?")))
    actual_start = PartialDateField(lazy(N_("When did it begin?")))
    actual_end = PartialDateField(lazy(N_("When did it end?")))
    planned_start = PartialDateField(lazy(N_("When is it planned to begin?")))
    planned_end = PartialDateField(lazy(N_("When is it planned to end?")))
    delivered = TextAreaField(lazy(N_("What was delivered?")))
    counterparts = Rows(FormField(CounterpartPart), lazy(N_("With whom?")), max_entries=MOST_ROWS)
    concerns = Choice(lazy(N_("Does it concern children in conflict with the law?")))
    countries = Choices(lazy(N_("In which countries?")))
    countries_reason = TextAreaField(lazy(N_("All countries: how was each one supported?")))
    scope = Choice(lazy(N_("Scope")))
    term_override = Choice(lazy(N_("Term")))
    term_reason = TextAreaField(lazy(N_("Why does the term differ from the dates?")))
    summary = TextAreaField(lazy(N_("Summary")))
    modalities = Choices(lazy(N_("In which form?")))
    target_groups = Choices(lazy(N_("For whom?")))
    co_offices = Rows(Choice(lazy(N_("Office"))), lazy(N_("Other offices that took part")), max_entries=MOST_ROWS)
    partners = Rows(FormField(PartnerPart), lazy(N_("Partners")), max_entries=MOST_ROWS)
    coordinator_involved = Choice(lazy(N_("Was the resident coordinator involved?")))
    government_agreement = Choice(lazy(N_("Agreement with the Government")))
    partners_agreement = Choice(lazy(N_("Agreement with partners")))
    in_country_plan = Choice(lazy(N_("Is it in the country plan?")))
    milestones = Rows(FormField(MilestonePart), lazy(N_("Steps of a law")), max_entries=MOST_ROWS)
    obstacles = Choices(lazy(N_("What stood in the way?")))
    funding = Choice(lazy(N_("Funding")))
    funding_amount_usd = StringField(lazy(N_("Amount in US dollars")))
    guidance_used = TextAreaField(lazy(N_("Guidance used")))
    results = TextAreaField(lazy(N_("Results")))
    lessons = TextAreaField(lazy(N_("Lessons")))
    quality = Choices(lazy(N_("What can you say of it?")))
    visibility = Choice(lazy(N_("Who may open it?")))
    sensitive = BooleanField(lazy(N_("Sensitive: hide title, text and counterparts outside my office and its adviser")))

    offer: Offer

    def take_offer(self, offer: Offer) -> None:
        """Fill the lists. Rows that stayed blank are dropped, so that the rest stand as the content's do."""
        self.offer = offer
        lists = offer.lists
        for name in ("status", "concerns", "visibility", "modalities", "target_groups", "obstacles", "quality"):
            self[name].choices = choices(lists[name])
        self.request_source.choices = choices(lists["request_source"], blank=self._unsaid(_("Choose one")))
        for name in ("scope", "term_override"):
            self[name].choices = choices(lists[name], blank=_("As it follows from the above"))
        for name in (
            "coordinator_involved", "government_agreement", "partners_agreement", "in_country_plan", "funding",
        ):  # fmt: skip
            self[name].choices = choices(lists[name], blank=self._unsaid("–"))
        self.office.choices = choices(offer.offices)
        self.language.choices = choices(offer.languages)
        self.how.choices = choices(offer.how)
        self.main_type.choices = choices(offer.how, blank=_("The first one ticked"))
        self.about.choices = choices(offer.about)
        self.mandate.choices = choices((m.code, m.name) for m in offer.mandates)
        self.standards.choices = grouped(offer.standards)
        self.countries.choices = choices(offer.countries)
        for rows in self._rows():
            rows.keep_filled()
        self._offer_in_rows()

    def make_room(self, more: str = "") -> None:
        """Blank rows to write in; two more in the one that `more` names."""
        for rows in self._rows():
            rows.make_room(3 if rows.short_name == more else 1)
        self._offer_in_rows()

    def shorten(self, whole: Collection[str]) -> dict[str, int]:
        """Leave out the long lists, but for what is chosen and those in `whole`. Gives how many each of them offers.
        Only for showing: what is left out would no longer pass.
        """
        short = {}
        for name in LATE:
            rows = self._lists(name)
            offered = [choice for choice in rows[0].choices if choice.value]
            shown = name in whole or self[name].errors or (name == "countries" and self.offer.countries_in_front)
            if len(offered) > LONG and not shown:
                short[name] = len(offered)
                for field in rows:
                    chosen = [field.data] if isinstance(field, Choice) else field.data or ()
                    field.choices = [c for c in field.choices if not c.value or c.value in chosen]
        return short

    def _lists(self, name: str) -> list[Any]:
        return list(self.co_offices) if name == "co_offices" else [self[name]]

    def _rows(self) -> tuple[Rows, ...]:
        return self.counterparts, self.co_offices, self.partners, self.milestones

    def _unsaid(self, words: str) -> str:
        return _("Not recorded") if self.offer.imported else words

    def _offer_in_rows(self) -> None:
        lists = self.offer.lists
        blank = self._unsaid(_("Choose one"))
        for entry in self.counterparts:
            entry.form.kind.choices = choices(lists["counterpart_kind"], blank=_("Kind"))
        for entry in self.partners:
            entry.form.partner.choices = choices(lists["partner"], blank="–")
            entry.form.role.choices = choices(lists["partner_role"], blank=blank)
        for entry in self.milestones:
            entry.form.kind.choices = choices(lists["milestone"], blank="–")
            entry.form.contribution.choices = choices(lists["contribution"], blank="–")
        for entry in self.co_offices:
            entry.choices = choices([("", "–")]) + grouped(self.offer.co_offices)

    def validate_funding_amount_usd(self, field: StringField) -> None:
        """A number of dollars, with cents at most."""
        if field.data and not AMOUNT.fullmatch(field.data):
            raise ValidationError(_(NOT_AN_AMOUNT))

    def validate_partners(self, field: Rows) -> None:
        """Whoever is named does something; imported records may not say what."""
        if not self.offer.imported and any(e.form.partner.data and not e.form.role.data for e in field):
            raise ValidationError(_(N_("Say what each partner does.")))

    def to_command(self, held: Content | None = None) -> Content:
        """The content that was typed. `held` is what the record said before: what stays, stays in its order."""
        before = held or Content()
        same = {name: self[name].data for name in SAME}
        same |= {name: same[name] or "" for name in TEXTS}
        many: dict[str, Any] = {
            name: _in_order(self[name].data, getattr(before, name), [c[0] for c in self[name].iter_choices()])
            for name in MANY
        }
        amount = self.funding_amount_usd.data
        return Content(
            **same | {"language": same["language"] or "en", "visibility": same["visibility"] or "office_region"},
            **many | {"countries": tuple(sorted(many["countries"]))},
            types=self._types(before),
            provisions=self._provisions(before),
            counterparts=tuple(self._counterpart(entry.form) for entry in self.counterparts if _any(entry.form)),
            co_offices=tuple(sorted({entry.data for entry in self.co_offices if entry.data})),
            partners=self._partners(),
            milestones=tuple(_milestone(entry.form) for entry in self.milestones if _any(entry.form)),
            funding_amount_usd=format(Decimal(_digits(amount)), "f") if amount and AMOUNT.fullmatch(amount) else None,
        )

    def _types(self, before: Content) -> tuple[TypeTag, ...]:
        """The main one first, then as they stood, then new ones in the order of the list."""
        listed = [code for code, _name in (*self.offer.how, *self.offer.about)]
        order = _in_order([*(self.how.data or ()), *(self.about.data or ())], [t.code for t in before.types], listed)
        main = self.main_type.data
        if main in order:
            order = tuple(dict.fromkeys([main, *order]))
        words = {tag.code: tag.words for tag in before.types}
        return tuple(
            TypeTag(code, self.other_words.data or "" if code == OTHER_TYPE else words.get(code, "")) for code in order
        )

    def _provisions(self, before: Content) -> tuple[ProvisionTag, ...]:
        roles = {tag.code: tag.role for tag in before.provisions}
        mandates = [ProvisionTag(code, self.role.of(code, "mandated_by")) for code in self.mandate.data or ()]
        standards = [ProvisionTag(code, roles.get(code, "applied")) for code in self.standards.data or ()]
        return tuple(sorted(dict.fromkeys(mandates + standards), key=lambda tag: (tag.code, tag.role)))

    def _partners(self) -> tuple[PartnerTag, ...]:
        tags = {PartnerTag(e.form.partner.data or "", e.form.role.data or "") for e in self.partners if _any(e.form)}
        return tuple(sorted(tags, key=lambda tag: (tag.code, tag.role)))

    def _counterpart(self, part: Any) -> CounterpartTag:
        """A body used before needs no kind: it has one."""
        name, kind = part.name.data or "", part.kind.data or ""
        if not kind:
            known = [k for n, k in self.offer.counterparts if fold(n) == fold(name)]
            kind = known[0] if known else ""
        return CounterpartTag(name, kind)

    def add_problems(self, refused: Invalid | Iterable[Problem]) -> None:
        """Put each problem at its field, each once: two ticks that are wrong in one way need saying once."""
        super().add_problems(dict.fromkeys(refused.problems if isinstance(refused, Invalid) else refused))


def filled(fields: Iterable[Any]) -> int:
    """How many of these fields say something: told on the fold that holds them."""
    return sum(1 for f in fields if (any(map(is_filled, f.entries)) if isinstance(f, Rows) else f.data))


def form_data(content: Content, facets: dict[str, str], mandating: dict[str, bool]) -> dict[str, Any]:
    """What the form shows of `content`."""
    types, cited = content.types, content.provisions
    hows = [t.code for t in types if facets.get(t.code) == "how"]
    return {
        **{name: getattr(content, name) for name in (*SAME, *MANY)},
        "how": hows,
        "about": [t.code for t in types if facets.get(t.code) == "about"],
        "other_words": next((t.words for t in types if t.code == OTHER_TYPE), ""),
        "main_type": hows[0] if len(hows) > 1 and types[0].code == hows[0] else None,
        "mandate": [t.code for t in cited if mandating.get(t.code)],
        "role": {t.code: t.role for t in cited if mandating.get(t.code)},
        "standards": [t.code for t in cited if not mandating.get(t.code)],
        "counterparts": [{"name": t.name, "kind": t.kind} for t in content.counterparts],
        "co_offices": list(content.co_offices),
        "partners": [{"partner": t.code, "role": t.role} for t in content.partners],
        "milestones": [
            {"kind": t.kind, "law": t.law, "on": t.on, "link": t.link, "contribution": t.contribution}
            for t in content.milestones
        ],
        "funding_amount_usd": content.funding_amount_usd or "",
    }


def _digits(text: str) -> str:
    return re.sub(r"[\s,']", "", text)


def _any(part: Any) -> bool:
    return any(field.data for field in part)


def _milestone(part: Any) -> MilestoneTag:
    return MilestoneTag(
        part.kind.data or "", part.law.data or "", part.on.data, part.link.data or "", part.contribution.data
    )


def _in_order(chosen: Sequence[str] | None, before: Sequence[str], listed: Sequence[str]) -> tuple[str, ...]:
    """What stood before keeps its place; what is new follows in the order of the list."""
    places = {code: place for place, code in enumerate(dict.fromkeys([*before, *listed]))}
    return tuple(sorted(dict.fromkeys(chosen or ()), key=lambda code: places.get(code, len(places))))
