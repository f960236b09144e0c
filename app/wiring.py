"""What every process of the program must join before it works: the policy, and who learns of which change."""

from __future__ import annotations

from app.activities import queries_comments, queries_steps
from app.asked import models as asked
from app.asked import queries_talk
from app.asked.queries import REQUESTS
from app.codelists.models import Code, Label, SupportType
from app.core import events, leases, permissions, versions
from app.coverage.keeping import keep, keep_many
from app.mail.hearing import write_mail
from app.offices import models as offices
from app.policy import POLICY
from app.provisions.models import Instrument, Provision
from app.reports.kept import keep_lines, keep_lines_of_many
from app.returns.models import AnnualReturn, ReturnTick, Round

# What the processes keep of these is read anew when one of them changes.
WATCHED = {
    versions.REFERENCE: (
        Code, Label, SupportType, Instrument, Provision, offices.Region, offices.Country, offices.Office,
        offices.OfficeRegion, offices.OfficeCountry, offices.RegionProposal, offices.RosterInterval,
        offices.Exemption, offices.PublishedFigure,
    ),
    versions.RETURNS: (Round, AnnualReturn, ReturnTick),
    REQUESTS: (
        asked.SupportRequest, asked.RequestType, asked.RequestProvision, asked.RequestOffice, asked.RequestActivity,
    ),
}  # fmt: skip
# A table that no room has: every process must know it, or the schema would not be whole.
OWN = (leases.Lease,)


def wire() -> None:
    """Install the one policy; let versions, all that is kept and mail learn of each change at once. Twice is once."""
    permissions.install(POLICY)
    versions.watch(WATCHED)
    events.subscribe(keep, keep_many)
    events.subscribe(keep_lines, keep_lines_of_many)
    events.hear(write_mail)
    queries_steps.also(queries_talk.steps_for)
    queries_comments.also(queries_talk.comments_for)
