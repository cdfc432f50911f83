"""Frames with bursts: each is read by itself, and the bursts are made anonymous together."""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.recording.pseudonyms import Pseudonyms
from radio_gateway.recording.scrubs import air
from radio_gateway.recording.scrubs.scrubbing import UNREADABLE, LeftOut, Told

T = TypeVar("T")


class Carrier(Protocol):
    """A frame that brought a burst."""

    @property
    def heard(self) -> air.Heard:
        """Its burst."""

    def closed(self, told: air.Content, names: Pseudonyms) -> bytes:
        """The frame with what stands for the burst's content."""


def scrub_frames(
    frames: Iterable[T], read: Callable[[T], Carrier | Told], names: Pseudonyms
) -> list[Told]:
    """One answer for each frame, in order.

    Args:
        frames: whatever `read` takes.
        read: the carrier of a burst, or what stands for a frame that says all by itself; may
            raise LeftOut, and MalformedError and ValueError for what cannot be read.
        names: what stands for what.
    """
    told: list[Told] = []
    carriers: dict[int, Carrier] = {}
    for n, frame in enumerate(frames):
        told.append(None)
        try:
            found = read(frame)
        except LeftOut as reason:
            found = reason
        except (MalformedError, ValueError):
            found = LeftOut(UNREADABLE)
        if found is None or isinstance(found, bytes | LeftOut):
            told[n] = found
        else:
            carriers[n] = found
    contents = air.scrub([carrier.heard for carrier in carriers.values()], names)
    for (n, carrier), content in zip(carriers.items(), contents, strict=True):
        told[n] = content if isinstance(content, LeftOut) else carrier.closed(content, names)
    return told
