"""One press of the PTT key on a DMR channel, whatever the base that passes it on."""

from dataclasses import dataclass

from radio_gateway.protocols.dmr import talker_alias
from radio_gateway.protocols.dmr.link_control import GpsInfo, ServiceOption, VoiceLc


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """How long somebody talks and on which slot, what goes along, and what nobody hears."""

    duration_s: float
    "Seconds of voice; whole bursts of 60 ms."
    slot: int = 1
    "1 or 2."
    private: bool = False
    "Unit-to-unit call: the target is a radio and no talkgroup."
    alias: str | None = None
    "Talker alias, sent in the embedded field."
    position: GpsInfo | None = None
    "Sent there too."
    emergency: bool = False
    "Sets the emergency bit."
    encrypted: bool = False
    "Sets the privacy bit."
    late_entry: bool = False
    "The headers, and on some bases the first bursts, are not heard."
    lose_terminator: bool = False
    "Nor is the end."

    def link_control(self, radio: int, target: int) -> VoiceLc:
        """Of the headers and the terminator."""
        service = (ServiceOption.EMERGENCY if self.emergency else 0) | (
            ServiceOption.PRIVACY if self.encrypted else 0
        )
        return VoiceLc(not self.private, target, radio, service)

    def embedded(self, radio: int, target: int) -> list[bytes]:
        """What the superframes carry in turns, 9 octets each."""
        lcs = [self.link_control(radio, target).build()]
        if self.alias:
            form = talker_alias.best_format(self.alias)
            lcs += [part.build() for part in talker_alias.build(self.alias, form)]
        if self.position:
            lcs.append(self.position.build())
        return lcs
