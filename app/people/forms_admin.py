"""Forms of administering people: whom to invite, which role where and when, why somebody goes."""

from __future__ import annotations

from sqlalchemy.orm import Session
from wtforms import BooleanField, EmailField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from app.codelists.queries import labels
from app.core import clock
from app.core.i18n import N_
from app.core.permissions import Role
from app.core.web.forms import BaseForm, ClientMadeMixin, PartialDateField
from app.core.web.locale import _, current_locale, lazy, offered
from app.offices.queries import directory, region_codes
from app.offices.services import NewMembership
from app.people.admin import Invitation
from app.people.forms import whole_day
from app.people.words import ROLES


class MembershipForm(ClientMadeMixin, BaseForm):
    """A role, its place and its days."""

    role = SelectField(lazy(N_("Role")), choices=[], validate_choice=False)
    office = SelectField(lazy(N_("Office")), choices=[], validate_choice=False)
    region = SelectField(lazy(N_("Region")), choices=[], validate_choice=False)
    valid_from = PartialDateField(lazy(N_("First day")))
    valid_to = PartialDateField(lazy(N_("Last day")))
    acting = BooleanField(lazy(N_("Stands in for the lead")))
    home = BooleanField(lazy(N_("Home: sets the defaults of forms and filters")))

    def offer(self, session: Session) -> MembershipForm:
        """Fill the lists in the reader's language."""
        names, language = labels(session), current_locale().code
        offices = sorted(((code, names.of("office", code, language)) for code in directory(session).offices), key=_name)
        self.role.choices = [("", _("Choose a role")), *((role.value, _(words)) for role, words in ROLES.items())]
        self.office.choices = [("", _("None")), *offices]
        self.region.choices = [("", _("None")), *((c, names.of("region", c, language)) for c in region_codes(session))]
        return self

    def to_command(self, user_id: int) -> NewMembership | None:
        """What to give; None where no role is chosen. Whether role and place fit is for the service."""
        if self.role.data not in set(Role):
            return None
        return NewMembership(
            user_id=user_id,
            role=Role(self.role.data),
            office=self.office.data or None,
            region=self.region.data or None,
            valid_from=whole_day(self.valid_from) or clock.today(),
            valid_to=whole_day(self.valid_to),
            acting=bool(self.acting.data),
            home=bool(self.home.data),
            client_id=self.client_id.data,
        )

    def half_days(self) -> bool:
        """A day was begun and is none: said at its boxes."""
        fields = (self.valid_from, self.valid_to)
        for field in fields:
            if field.data and len(field.data) != 10:
                field.form.form_errors.append(_("Give the whole day."))
        return any(field.data and len(field.data) != 10 for field in fields)


def _name(pair: tuple[str, str]) -> str:
    return pair[1].casefold()


class InviteForm(MembershipForm):
    """Whom to invite, and to which role."""

    name = StringField(lazy(N_("Name")), validators=[Length(max=150)])
    email = EmailField(lazy(N_("Email")), validators=[Length(max=254)], render_kw={"spellcheck": "false"})
    language = SelectField(lazy(N_("Language of the invitation")), choices=[], validate_choice=False)

    def offer(self, session: Session) -> InviteForm:
        """Fill the lists."""
        super().offer(session)
        self.language.choices = [(each.code, each.name) for each in offered()]
        return self

    def to_invitation(self) -> Invitation | None:
        """Whom to invite; None where no role is chosen."""
        membership = self.to_command(0)
        if membership is None:
            return None
        known = {each.code for each in offered()}
        language = self.language.data if self.language.data in known else "en"
        key = self.client_id.data or ""
        return Invitation(self.email.data or "", self.name.data or "", language, membership, key)


class PersonForm(BaseForm):
    """Another name or address. `seen` is what the form showed."""

    name = StringField(lazy(N_("Name")), validators=[Length(max=150)])
    email = EmailField(lazy(N_("Email")), validators=[Length(max=254)], render_kw={"spellcheck": "false"})
    seen = HiddenField()


class LeaveForm(BaseForm):
    """Why somebody is let in no more."""

    reason = TextAreaField(lazy(N_("Why?")), validators=[Length(max=500)])
    roles_end = BooleanField(lazy(N_("Their roles end today, too")), default=True)


class AccessForm(ClientMadeMixin, BaseForm):
    """The list that was shown is right."""

    seen = HiddenField()
