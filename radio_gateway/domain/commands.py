"""What dispatch asks of radios. The gateway routes by the radio's network and last heard link."""

from dataclasses import dataclass
from typing import TypeAlias

from radio_gateway.domain.ids import RadioId, TalkgroupId


@dataclass(frozen=True, slots=True, kw_only=True)
class _Command:
    command: str
    "Key given by dispatch; repeating a command with the same key has no second effect."


@dataclass(frozen=True, slots=True, kw_only=True)
class SendText(_Command):
    """Text to one radio or to a talkgroup; exactly one of the two is set."""

    text: str
    radio: RadioId | None = None
    talkgroup: TalkgroupId | None = None

    def __post_init__(self) -> None:
        if (self.radio is None) == (self.talkgroup is None):
            raise ValueError("a text goes to a radio or to a talkgroup")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPosition(_Command):
    radio: RadioId


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPositionInterval(_Command):
    radio: RadioId
    interval_s: int
    "0 stops periodic reports."


@dataclass(frozen=True, slots=True, kw_only=True)
class RadioCheck(_Command):
    radio: RadioId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAlert(_Command):
    radio: RadioId


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeEmergency(_Command):
    radio: RadioId


@dataclass(frozen=True, slots=True, kw_only=True)
class DisableRadio(_Command):
    radio: RadioId


@dataclass(frozen=True, slots=True, kw_only=True)
class EnableRadio(_Command):
    radio: RadioId


Command: TypeAlias = (
    SendText
    | RequestPosition
    | SetPositionInterval
    | RadioCheck
    | CallAlert
    | AcknowledgeEmergency
    | DisableRadio
    | EnableRadio
)
