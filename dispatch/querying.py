"""Values of a query string that several routes share."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime


def in_utc(at: datetime) -> datetime:
    """The same instant in UTC.

    Raises:
        ValueError: an offset takes it out of the years 1 to 9999.
    """
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("Input should be a time of the years 1 to 9999 in UTC") from None


QueryTime = Annotated[AwareDatetime, AfterValidator(in_utc)]
"A time as clients ask for it, with its offset, taken as UTC; 422 for any other."
