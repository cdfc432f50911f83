"""When a sentence becomes a position: acceptance, time, and one fix of many sentences."""

from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from operator import xor

import pytest

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.nmea.fix import Fix, Refusal, accept, fix_time
from radio_gateway.protocols.nmea.merge import FixMerger
from radio_gateway.protocols.nmea.sentences import Gga, Gll, PositionSentence, Rmc, parse

NOW = datetime(2026, 3, 1, 16, 9, 5, tzinfo=UTC)


def sentence(body: str) -> PositionSentence:
    octets = body.encode()
    value = parse(b"$%s*%02X" % (octets, reduce(xor, octets, 0)))
    assert isinstance(value, Rmc | Gga | Gll)
    return value


def rmc(
    status: str = "A", mode: str = "A", day: str = "010326", clock: str = "160902"
) -> PositionSentence:
    return sentence(f"GPRMC,{clock},{status},5630.0000,N,02100.0000,E,10.0,90.0,{day},,,{mode}")


def gga(quality: str, clock: str = "160902") -> PositionSentence:
    return sentence(f"GPGGA,{clock},5630.0000,N,02100.0000,E,{quality},08,1.0,12.5,M,20.0,M,,")


def test_a_good_rmc_is_a_fix() -> None:
    assert accept(rmc(), NOW) == Fix(
        point=GeoPoint(56.5, 21.0),
        fixed_at=datetime(2026, 3, 1, 16, 9, 2, tzinfo=UTC),
        speed_kmh=18.52,
        bearing_deg=90.0,
    )


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (rmc(status="V"), Refusal.NO_FIX),
        (rmc(mode="N"), Refusal.NO_FIX),
        (rmc(mode="S"), Refusal.NOT_REAL),
        (rmc(mode="M"), Refusal.NOT_REAL),
        (gga("0"), Refusal.NO_FIX),
        (gga(""), Refusal.NO_FIX),
        (gga("7"), Refusal.NOT_REAL),
        (gga("8"), Refusal.NOT_REAL),
        (sentence("GPGLL,0000.0000,N,00000.0000,E,160902,A"), Refusal.NO_PLACE),
        (sentence("GPGLL,5630.0000,N,,,160902,A"), Refusal.NO_PLACE),
        (sentence("GPGLL,5630.0000,N,02100.0000,E,160902,A,N"), Refusal.NO_FIX),
    ],
)
def test_what_is_no_fix_is_refused(bad: PositionSentence, why: Refusal) -> None:
    assert accept(bad, NOW) is why


@pytest.mark.parametrize("ending", [b"*00", b"*", b""])
def test_a_plain_sentence_needs_its_checksum(ending: bytes) -> None:
    value = parse(b"$GPGLL,5630.0000,N,02100.0000,E,160902,A" + ending)
    assert isinstance(value, Gll)
    assert accept(value, NOW) is Refusal.CHECKSUM


@pytest.mark.parametrize("guess", [rmc(mode="E"), gga("6")])
def test_dead_reckoning_is_flagged(guess: PositionSentence) -> None:
    fix = accept(guess, NOW)
    assert isinstance(fix, Fix)
    assert fix.estimated


def test_an_impossible_speed_is_left_out() -> None:
    fix = accept(sentence("GPRMC,160902,A,5630.0000,N,02100.0000,E,401.0,361.0,010326,,,A"), NOW)
    assert isinstance(fix, Fix)
    assert (fix.speed_kmh, fix.bearing_deg) == (None, None)


@pytest.mark.parametrize(
    ("at", "on", "now", "expected", "fault"),
    [
        # dated and in time
        ("16:09:02", "2026-03-01", "2026-03-01T16:09:05Z", "2026-03-01T16:09:02Z", False),
        # no date: today, or yesterday when that would lie over 5 minutes ahead
        ("16:09:02", None, "2026-03-01T16:09:05Z", "2026-03-01T16:09:02Z", False),
        ("16:13:00", None, "2026-03-01T16:09:05Z", "2026-03-01T16:13:00Z", False),
        ("23:59:58", None, "2026-03-01T00:00:03Z", "2026-02-28T23:59:58Z", False),
        # the clocks disagree
        ("12:00:00", None, "2026-03-01T16:09:05Z", None, True),
        ("16:30:00", "2026-03-01", "2026-03-01T16:09:05Z", None, True),
        # 1024 weeks back: the time of day is right, the date is ours
        ("16:09:02", "2006-07-16", "2026-03-01T16:09:05Z", "2026-03-01T16:09:02Z", True),
        # nothing known
        (None, "2026-03-01", "2026-03-01T16:09:05Z", None, False),
    ],
)
def test_time_of_a_fix(
    at: str | None, on: str | None, now: str, expected: str | None, fault: bool
) -> None:
    fixed_at = fix_time(
        time.fromisoformat(at) if at else None,
        date.fromisoformat(on) if on else None,
        datetime.fromisoformat(now),
    )
    assert fixed_at == (datetime.fromisoformat(expected) if expected else None, fault)


def test_sentences_of_one_instant_are_one_fix() -> None:
    merger = FixMerger()
    assert merger.add(gga("1"), NOW) == []
    assert merger.add(sentence("GPGLL,5630.0000,N,02100.0000,E,160902,A"), NOW) == []
    assert merger.add(rmc(), NOW) == []
    later = merger.add(gga("1", clock="160903"), NOW + timedelta(seconds=1))
    assert later == [
        Fix(
            point=GeoPoint(56.5, 21.0),
            fixed_at=datetime(2026, 3, 1, 16, 9, 2, tzinfo=UTC),
            speed_kmh=18.52,
            bearing_deg=90.0,
            altitude_m=12.5,
        )
    ]
    assert merger.waiting
    assert len(merger.flush(NOW)) == 1
    assert merger.flush(NOW) == []


def test_one_no_among_the_sentences_decides() -> None:
    merger = FixMerger()
    merger.add(gga("1"), NOW)
    merger.add(rmc(status="V"), NOW)
    assert merger.flush(NOW) == [Refusal.NO_FIX]


def test_a_repeated_sentence_begins_another_fix() -> None:
    merger = FixMerger()
    merger.add(rmc(), NOW)
    assert len(merger.add(rmc(), NOW)) == 1


def test_another_instrument_is_another_fix() -> None:
    merger = FixMerger()
    merger.add(rmc(), NOW)
    assert len(merger.add(sentence("IIGLL,5630.0000,N,02100.0000,E,160902,A"), NOW)) == 1
