"""What every process of the program must join before it works: the policy, and who learns of which change."""

from __future__ import annotations

from app.codelists.models import Code, Label, SupportType
from app.core import events, leases, permissions, versions
from app.coverage.keeping import keep
from app.mail.hearing import write_mail
from app.offices import models as offices
from app.policy import POLICY
from app.provisions.models import Instrument, Provision
from app.returns.models import AnnualReturn, ReturnTick, Round

# What the processes keep of these is read anew when one of them changes.
WATCHED = {
    versions.REFERENCE: (
        Code, Label, SupportType, Instrument, Provision, offices.Region, offices.Country, offices.Office,
        offices.OfficeRegion, offices.OfficeCountry, offices.RegionProposal, offices.RosterInterval,
        offices.Exemption, offices.PublishedFigure,
    ),
    versions.RETURNS: (Round, AnnualReturn, ReturnTick),
}  # fmt: skip
# A table that no room has: every process must know it, or the schema would not be whole.
OWN = (leases.Lease,)


def wire() -> None:
    """Install the one policy; let versions, kept facts and mail learn of each change at once. Twice is once."""
    permissions.install(POLICY)
    versions.watch(WATCHED)
    events.subscribe(keep)
    events.hear(write_mail)
