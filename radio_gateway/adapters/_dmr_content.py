"""What the bursts of a call say: link control, alias, position, emergency."""

import logging
from collections.abc import Callable

from radio_gateway.adapters._dmr_envelope import Voice
from radio_gateway.adapters._dmr_reception import Reception
from radio_gateway.adapters._dmr_transmission import Parties, Transmission
from radio_gateway.domain.events import (
    EmergencyRaised,
    EmergencySource,
    Event,
    PositionReported,
    PositionSource,
    TalkerAliasHeard,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.dmr.link_control import (
    GpsInfo,
    OtherLc,
    TalkerAliasPart,
    VoiceLc,
    parse_lc,
)
from radio_gateway.protocols.errors import MalformedError

log = logging.getLogger(__name__)


class Content:
    """Reads link control into its transmission and tells what is new."""

    def __init__(self, link: str, network: str, emit: Callable[[Event], None]) -> None:
        self._link = link
        self._network = network
        self._emit = emit

    def fragment(
        self,
        transmission: Transmission,
        reception: Reception,
        burst: Voice,
        site: str,
        at: Moment,
    ) -> None:
        """Take the embedded part of one burst B to F."""
        try:
            lc = reception.fragments.add(burst.emb, burst.fragment)
        except MalformedError as error:  # noise on the air, no fault of the repeater
            log.debug("%s: %s: %s", self._link, transmission.key, error)
            return
        if lc is not None:
            self.embedded(transmission, lc, site, at)

    def embedded(self, transmission: Transmission, octets: bytes, site: str, at: Moment) -> None:
        """Take the 9 octets of a whole embedded link control."""
        match lc := parse_lc(octets):
            case VoiceLc():
                if self.confirm(transmission, Parties.of(lc)):
                    self.apply(transmission, lc, octets, site, at)
            case TalkerAliasPart():
                self.alias(transmission, lc, at)
            case GpsInfo():
                self.position(transmission, lc, at)
            case OtherLc():
                log.debug("%s: link control %s is not read", self._link, octets.hex(" "))

    def confirm(self, transmission: Transmission, parties: Parties) -> bool:
        """Whether to believe a link control about who talks.

        The first one wins over the envelope. One that contradicts another must come twice in a
        row: the embedded checksum is only five bits long.
        """
        if parties == transmission.parties:
            transmission.confirmed = True
            transmission.doubted = None
            return True
        log.info("%s: %s: burst and call differ: %s", self._link, transmission.key, parties)
        if parties.source == 0:
            return False
        if not transmission.confirmed or transmission.doubted == parties:
            transmission.parties = parties
            transmission.confirmed = True
            transmission.doubted = None
            return True
        transmission.doubted = parties
        return False

    def apply(
        self, transmission: Transmission, lc: VoiceLc, octets: bytes, site: str, at: Moment
    ) -> None:
        """Take the service options of a link control that is believed."""
        transmission.encrypted |= lc.encrypted
        if not lc.emergency or transmission.emergency_told:
            return
        transmission.emergency = transmission.emergency_told = True
        self._emit(
            EmergencyRaised(
                link=self._link,
                at=at,
                radio=transmission.radio,
                source=EmergencySource.VOICE,
                talkgroup=transmission.talkgroup,
                point=transmission.point,
                site=site,
                call=transmission.key,
                raw=octets,
            )
        )

    def emergency_without_call(self, lc: VoiceLc, site: str, at: Moment) -> None:
        """For a terminator that is all we heard of an emergency call."""
        talkgroup = TalkgroupId(self._network, lc.target) if lc.group else None
        self._emit(
            EmergencyRaised(
                link=self._link,
                at=at,
                radio=RadioId(self._network, lc.source),
                source=EmergencySource.VOICE,
                talkgroup=talkgroup,
                site=site,
                raw=lc.build(),
            )
        )

    def alias(self, transmission: Transmission, part: TalkerAliasPart, at: Moment) -> None:
        """Take one part of an alias; tell it when it is complete."""
        alias = transmission.alias.add(part)
        if alias is not None:
            heard = TalkerAliasHeard(
                link=self._link,
                at=at,
                call=transmission.key,
                radio=transmission.radio,
                alias=alias,
            )
            self._emit(heard)

    def position(self, transmission: Transmission, info: GpsInfo, at: Moment) -> None:
        """Report a place; 0/0 is what radios without a fix send."""
        if not info.point.lat and not info.point.lon:
            return
        if info.point == transmission.point:
            return
        transmission.point = info.point
        self._emit(
            PositionReported(
                link=self._link,
                at=at,
                radio=transmission.radio,
                point=info.point,
                source=PositionSource.EMBEDDED,
                error_m=info.error_m,
            )
        )
