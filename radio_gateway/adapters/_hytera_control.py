"""The control link of a radio: one HRNP session, and what a radio must be told at its start.

Unlike repeaters, radios report calls, emergencies and texts only when they are asked to.
"""

from typing import Final

from radio_gateway.protocols.hytera import rcp
from radio_gateway.protocols.hytera.hrnp_session import HrnpSession

ENDPOINT: Final = "rcp"
"Name of the control port; the only one of a serial line."
_TEXTS_AND_SHORT_DATA: Final = 1 | 2
_ON: Final = 1
_CALL_BROADCASTS: Final = ((0, _ON), (1, _ON))
"What the radio transmits, and what it hears."

SET_UP: Final[tuple[bytes, ...]] = (
    rcp.BroadcastSubscription(_CALL_BROADCASTS).build(),
    rcp.StatusSubscription(((rcp.StatusTarget.EMERGENCY, _ON),)).build(),
    rcp.MessageForwarding(_TEXTS_AND_SHORT_DATA).build(),
)
"Messages sent whenever the session comes up; a radio that was restarted has forgotten them."


def control_session() -> HrnpSession:
    """A session that connects at once and asks a silent radio whether it is still on."""
    return HrnpSession(poll=rcp.PowerUpCheck().build())
