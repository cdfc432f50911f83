"""Whether the wall clock may be trusted with erasing: a clock that jumped would erase years."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dispatch.retention.machine import Uptime

MOST_MOVED: Final = timedelta(minutes=10)
"Between two looks the wall clock and the machine's own may differ by this much."
LONGEST_OFF: Final = timedelta(days=7)
"After a start of the machine nothing tells a long rest from a clock gone wrong."


@dataclass(frozen=True, slots=True)
class Look:
    """Both clocks at one moment."""

    at: datetime
    uptime: Uptime


def objection(last: Look, now: Look) -> str | None:
    """Why the clock is not believed, one sentence; None: it is.

    Args:
        last: the last look at which it was believed, perhaps before a restart.
        now: this moment.
    """
    passed = now.at - last.at
    if now.uptime.boot and now.uptime.boot == last.uptime.boot:
        moved = passed - timedelta(seconds=now.uptime.seconds - last.uptime.seconds)
        if abs(moved) > MOST_MOVED:
            return f"the clock was moved {_said(moved)} since {_at(last)}"
    elif passed < -MOST_MOVED:
        return f"the clock went {_said(passed)} to before {_at(last)}"
    elif passed > LONGEST_OFF:
        return f"nobody has looked at the clock since {_at(last)}"
    return None


def _said(span: timedelta) -> str:
    minutes = abs(span) // timedelta(minutes=1)
    amount = f"{minutes} min" if minutes < 180 else f"{abs(span) / timedelta(hours=1):.0f} h"
    return f"{amount} {'forward' if span > timedelta() else 'back'}"


def _at(look: Look) -> str:
    return f"{look.at:%Y-%m-%d %H:%M} UTC"
