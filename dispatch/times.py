"""Times as the outside sees them: UTC, ISO 8601, milliseconds, `Z`."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import PlainSerializer


def iso(at: datetime) -> str:
    """`2026-11-22T14:32:49.120Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Iso = Annotated[datetime, PlainSerializer(iso, return_type=str, when_used="json")]
"A field of an answer."
