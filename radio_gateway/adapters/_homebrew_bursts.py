"""One burst with its Homebrew envelope into what all adapters of bursts share."""

from collections.abc import Callable

from radio_gateway.adapters._dmr_receiver import Receiver
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.homebrew.dmrd import DmrFrame, FrameType


def receive(receiver: Receiver, frame: DmrFrame, site: str, at: Moment) -> None:
    """Hand a burst on.

    Raises:
        MalformedError: a burst that says nothing.
    """
    data = frame.frame_type is FrameType.DATA_SYNC
    receiver.burst(frame, frame.burst, DataType(frame.detail) if data else None, site, at)


def stream_ids(entropy: Callable[[], bytes]) -> Callable[[], bytes]:
    """Stream ids from 4 random octets each; zero is none."""

    def draw() -> bytes:
        octets = entropy()
        return octets if any(octets) else b"\0\0\0\1"

    return draw
