"""One fix comes as several sentences with the same time of day: make one of them."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from radio_gateway.protocols.nmea.fix import Fix, Refusal, accept
from radio_gateway.protocols.nmea.sentences import Gga, Gll, PositionSentence, Rmc

_SATELLITE_TALKERS: Final = frozenset({"GP", "GN", "GL", "GA", "GB", "BD", "GQ", "QZ", "GI"})
"One receiver speaks under several of these; any other talker is an instrument of its own."
_PREFERENCE: Final = (Rmc, Gga, Gll)


class FixMerger:
    """Collects the sentences of one fix until the next one begins or `flush` is called."""

    def __init__(self) -> None:
        self._open: list[PositionSentence] = []

    @property
    def waiting(self) -> bool:
        """Whether a fix is half heard."""
        return bool(self._open)

    def add(self, sentence: PositionSentence, now: datetime) -> list[Fix | Refusal]:
        """Take one sentence; returns the fix before, when this one begins another."""
        begins = bool(self._open) and (
            _group(sentence) != _group(self._open[0])
            or any(type(sentence) is type(other) for other in self._open)
        )
        done = self.flush(now) if begins else []
        self._open.append(sentence)
        return done

    def flush(self, now: datetime) -> list[Fix | Refusal]:
        """End the fix that is open; one value, or none."""
        sentences, self._open = self._open, []
        return [merge(sentences, now)] if sentences else []


def merge(sentences: list[PositionSentence], now: datetime) -> Fix | Refusal:
    """Make one fix of sentences of the same instant; a single "no" among them decides.

    RMC gives place, motion and date; GGA adds the altitude.
    """
    ordered = sorted(sentences, key=lambda sentence: _PREFERENCE.index(type(sentence)))
    judged = [accept(sentence, now) for sentence in ordered]
    refusals = [verdict for verdict in judged if isinstance(verdict, Refusal)]
    fixes = [verdict for verdict in judged if isinstance(verdict, Fix)]
    real_refusals = [refusal for refusal in refusals if refusal is not Refusal.CHECKSUM]
    if real_refusals:
        return real_refusals[0]
    if not fixes:
        return refusals[0]
    altitude_m = next((fix.altitude_m for fix in fixes if fix.altitude_m is not None), None)
    estimated = any(fix.estimated for fix in fixes)
    return replace(fixes[0], altitude_m=altitude_m, estimated=estimated)


def _group(sentence: PositionSentence) -> tuple[str, object]:
    talker = "satellites" if sentence.talker in _SATELLITE_TALKERS else sentence.talker
    return talker, sentence.utc_time
