"""All tables, so that migrations and tests see the whole schema."""

from sqlmodel import SQLModel

from dispatch.agencies import models as agencies
from dispatch.audit import models as audit
from dispatch.auth import models as auth
from dispatch.calls import models as calls
from dispatch.commands import models as commands
from dispatch.election import models as election
from dispatch.emergencies import models as emergencies
from dispatch.idempotency import models as idempotency
from dispatch.ingest import models as ingest
from dispatch.links import models as links
from dispatch.live import models as live
from dispatch.messages import models as messages
from dispatch.positions import models as positions
from dispatch.radios import models as radios
from dispatch.retention import models as retention
from dispatch.talkgroups import models as talkgroups
from dispatch.units import models as units

FEATURES = (
    agencies,
    audit,
    auth,
    calls,
    commands,
    election,
    emergencies,
    idempotency,
    ingest,
    links,
    live,
    messages,
    positions,
    radios,
    retention,
    talkgroups,
    units,
)
"Imported for their tables."

metadata = SQLModel.metadata
