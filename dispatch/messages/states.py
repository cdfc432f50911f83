"""The life of an outgoing message: which state may follow which."""

from collections.abc import Mapping
from typing import Final

from dispatch.messages.models import MessageState

ENDS: Final = frozenset(
    {
        MessageState.DELIVERED,
        MessageState.FAILED,
        MessageState.EXPIRED,
        MessageState.RECEIVED,
    }
)
"Nothing follows them."

_NEXT: Final[Mapping[MessageState, frozenset[MessageState]]] = {
    MessageState.QUEUED: frozenset(
        {
            MessageState.SENT,
            MessageState.DELIVERED,
            MessageState.FAILED,
            MessageState.EXPIRED,
        }
    ),
    MessageState.SENT: frozenset({MessageState.DELIVERED, MessageState.FAILED}),
}


def may_follow(now: MessageState, new: MessageState) -> bool:
    """Whether a message may go from `now` to `new`; never backwards, never out of an end.

    What is on the air does not expire any more: only the radio or the gateway ends it.
    """
    return new in _NEXT.get(now, frozenset())
