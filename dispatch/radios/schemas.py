"""What clients see of radios."""

from typing import Literal

from dispatch.answers import Iso, View


class RadioView(View):
    """A radio; `abilities` and `text_limit` are those of the link that heard it last."""

    id: int
    network: str
    number: int
    label: str
    alias: str | None
    model: str | None
    unit_id: int | None
    agency_id: int | None
    presence: Literal["on", "off", "unknown"]
    presence_at: Iso | None
    last_heard_at: Iso | None
    link: str | None
    abilities: list[str]
    text_limit: int | None


class HeardView(View):
    """A sign of life; goes out live and is not logged."""

    radio_id: int
    at: Iso | None
    rssi_dbm: float | None
    link: str | None
