"""Frames of the live stream, as the OpenAPI document describes them."""

from typing import Any

from pydantic import BaseModel

from dispatch.answers import Iso


class EventFrame(BaseModel):
    """A durable event; the shape of `data` goes with `type`."""

    seq: int
    t: Iso
    type: str
    data: dict[str, Any]


class SkipFrame(BaseModel):
    """Numbers of events that are not for this reader."""

    seq_from: int
    seq: int
    type: str = "skip"


class Events(BaseModel):
    """A piece of the log; `seq` is where to go on."""

    epoch: str
    seq: int
    items: list[EventFrame | SkipFrame]
