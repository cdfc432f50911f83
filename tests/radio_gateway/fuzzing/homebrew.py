"""The decoders of the Homebrew protocol: both dialects, and bridged bursts with a signature."""

from random import Random
from typing import Final

from radio_gateway.protocols.dmr.burst import parse_burst
from radio_gateway.protocols.errors import MalformedError, RefusedError
from radio_gateway.protocols.homebrew.dmrd import DmrFrame
from radio_gateway.protocols.homebrew.frames import parse_frame, parse_host_frame
from radio_gateway.protocols.homebrew.messages import Options
from radio_gateway.protocols.homebrew.openbridge import build_bridged, parse_bridged, sign
from tests.radio_gateway.fuzzing.harness import Case, Family, use_all
from tests.radio_gateway.fuzzing.vectors import octets

PASSPHRASE: Final = b"a passphrase of the tests"
_ID: Final = b"\x00\x03\xc0\xf1"
_GPS: Final = bytes.fromhex("02000000000000")
SHORT: Final = [
    # by the table of messages
    b"RPTL" + _ID,
    b"RPTACK\xa1\xb2\xc3\xd4",
    b"MSTNAK" + _ID,
    b"RPTPING" + _ID,
    b"MSTPONG" + _ID,
    b"RPTCL" + _ID,
    b"MSTCL" + _ID,
    b"RPTSBKN" + _ID,
    b"RPTG" + _ID + b"+56.5047+021.0108",
    b"DMRA" + _ID + b"\x28\x07\x22\x01ABCDEFG",
    b"DMRG" + _ID + b"\x28\x07\x22" + _GPS,
]
HOST: Final = [
    b"DMRP",
    b"DMRB",
    b"DMRA\x28\x07\x22\x00ABCDEFG",
    b"DMRG\x28\x07\x22" + _GPS,
    b"DMRC" + _ID + b"LIEPAJA 43000000043500000025013" + b"20260713".ljust(40) + b"MMDVM".ljust(40),
]
DATAGRAMS: Final = octets("homebrew/datagrams")
BURSTS: Final = [datagram for datagram in DATAGRAMS if datagram.startswith(DmrFrame.TAG)]


def network(data: bytes) -> None:
    frame = parse_frame(data)
    use_all(frame)
    if isinstance(frame, Options):
        frame.entries()
    if isinstance(frame, DmrFrame):
        assert frame.build() == data[: len(frame.build())]
        use_all(parse_burst(frame.burst))


def host(data: bytes) -> None:
    use_all(parse_host_frame(data))


def bridged(data: bytes) -> None:
    """Behind the signature; a wrong one is a detected error."""
    try:
        frame = parse_bridged(data, PASSPHRASE)
    except RefusedError as refused:
        raise MalformedError(str(refused), data) from refused
    use_all(frame)
    assert parse_bridged(build_bridged(frame, PASSPHRASE), PASSPHRASE).source == frame.source


def of_a_length(data: bytes, dice: Random) -> bytes:
    """As long as some message of its tag is, and with the tag of one."""
    known = DATAGRAMS[int(dice.random() * len(DATAGRAMS))] if dice.random() < 0.5 else data
    return known[:4] + data[4 : len(known)].ljust(max(len(known) - 4, 0), b"\0")


def signed(data: bytes, dice: Random) -> bytes:
    plain = (b"DMRD" + data[4:53]).ljust(53, b"\0")
    return plain + sign(plain, PASSPHRASE)


HOMEBREW: Final = Family(
    "homebrew",
    (
        Case("network", DATAGRAMS, network, of_a_length),
        Case("network, short", SHORT, network),
        Case("host", HOST + BURSTS, host),
        Case("bridge", BURSTS, bridged, signed),
    ),
)
