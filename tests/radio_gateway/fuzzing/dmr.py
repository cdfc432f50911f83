"""The decoders of the DMR air interface."""

from random import Random
from typing import Any, Final

from radio_gateway.protocols.dmr import bptc, embedded, single_burst, trellis
from radio_gateway.protocols.dmr.air import Channel
from radio_gateway.protocols.dmr.burst import DataBurst, VoiceBurst, build_data, parse_burst
from radio_gateway.protocols.dmr.checks import CrcMask, crc32, seal
from radio_gateway.protocols.dmr.content import content_of
from radio_gateway.protocols.dmr.csbk import Csbk
from radio_gateway.protocols.dmr.data_header import parse_data_header
from radio_gateway.protocols.dmr.data_packet import ConfirmedBlock, open_packet, seal_packet
from radio_gateway.protocols.dmr.emb import Emb
from radio_gateway.protocols.dmr.header_building import build_data_header
from radio_gateway.protocols.dmr.ip import CompressedUdp, UdpDatagram
from radio_gateway.protocols.dmr.link_control import (
    TalkerAliasPart,
    VoiceLc,
    lc_of_burst,
    open_full_lc,
    parse_lc,
)
from radio_gateway.protocols.dmr.location import LipShortReport, UdtPosition
from radio_gateway.protocols.dmr.multi_block import MultiBlockCollector
from radio_gateway.protocols.dmr.opcodes import name_of
from radio_gateway.protocols.dmr.pi_header import PiHeader
from radio_gateway.protocols.dmr.reassembly import Reassembler
from radio_gateway.protocols.dmr.reed_solomon import RsMask, rs_seal
from radio_gateway.protocols.dmr.short_lc import ShortLc
from radio_gateway.protocols.dmr.short_text import decode as decode_text
from radio_gateway.protocols.dmr.slot_type import DataType, SlotType
from radio_gateway.protocols.dmr.sync import Sync
from radio_gateway.protocols.dmr.talker_alias import AliasCollector, AliasFormat
from radio_gateway.protocols.dmr.talker_alias import build as build_alias
from radio_gateway.protocols.dmr.trunking import ChannelGrant
from radio_gateway.protocols.errors import MalformedError
from tests.radio_gateway.fuzzing.harness import Case, Family, Mend, use_all
from tests.radio_gateway.fuzzing.vectors import entries, octets

BURSTS: Final = [burst for burst in octets("dmr/bursts") if len(burst) == 33]
FILES: Final = ("dmr/bursts", "dmr/link_control", "dmr/control_blocks", "dmr/data", "dmr/published")
_BLOCKS: Final = (
    (DataType.RATE_12_DATA, 12),
    (DataType.RATE_34_DATA, 18),
    (DataType.RATE_1_DATA, 24),
)


def blocks_in_bursts(*kinds: DataType) -> list[bytes]:
    """The blocks that the recorded bursts of some kinds carry, by their sources."""
    names = {kind.name for kind in kinds}
    return sorted(
        {
            bytes.fromhex(entry["expect"]["pdu"])
            for entry in entries("dmr/bursts")
            if entry["expect"].get("data_type") in names
        }
    )


def burst(data: bytes) -> None:
    read = parse_burst(data)
    use_all(read)
    match read:
        case DataBurst():
            read.payload()
        case VoiceBurst():
            assert 0 <= read.wrong_bits <= 141


def product_code(data: bytes) -> None:
    information = bptc.decode(data)
    assert bptc.decode(bptc.encode(information).to_bytes(33, "big")) == information


def rate_34(data: bytes) -> None:
    information = trellis.decode(data)
    assert trellis.read(trellis.encode(information).to_bytes(33, "big")) == information


def rate_34_by_its_check(data: bytes) -> None:
    """With several paths to choose among, as a damaged block of a confirmed packet."""
    if len(data) != 33:
        raise MalformedError("a burst is 33 octets", data)
    assert len(DataBurst(data, Sync.BS_DATA, None).payload(DataType.RATE_34_DATA)) == 18


def embedded_lc(data: bytes) -> None:
    lc = embedded.decode(data)
    assert embedded.decode(b"".join(embedded.encode(lc))) == lc


def key_notice(data: bytes) -> None:
    notice = single_burst.KeyNotice.parse(data)
    if notice is not None:
        use_all(notice)
        assert single_burst.KeyNotice.parse(notice.build()) == notice


def emb(data: bytes) -> None:
    read = Emb.parse(data)
    assert Emb.parse(read.build()) == read


def short_lc(data: bytes) -> None:
    read = ShortLc.parse(int.from_bytes(data[:9], "big") >> 4)
    use_all(read)
    assert ShortLc.parse(read.build()) == read


def link_control(data: bytes) -> None:
    read: Any = parse_lc(data)
    use_all(read)
    if isinstance(read, VoiceLc):
        assert parse_lc(read.build()) == read


def full_lc(data: bytes) -> None:
    link_control(open_full_lc(data, DataType.VOICE_LC_HEADER))


def quick_lc(data: bytes) -> None:
    link_control(lc_of_burst(data, DataType.VOICE_LC_HEADER))


def csbk(data: bytes) -> None:
    block = Csbk.parse(data)
    assert block.build() == data
    message = block.message() or ChannelGrant.of(block)
    use_all(message)
    name_of(block.fid, block.opcode)


def data_header(data: bytes) -> None:
    header = parse_data_header(data)
    use_all(header)
    assert parse_data_header(build_data_header(header)) == header


def pi_header(data: bytes) -> None:
    header = PiHeader.parse(data)
    use_all(header)
    assert header.build() == data


def confirmed_block(data: bytes) -> None:
    assert ConfirmedBlock.parse(data).build() == data


def lip(data: bytes) -> None:
    use_all(LipShortReport.parse(data))


def udt_position(data: bytes) -> None:
    use_all(UdtPosition.parse(data))


def udp(data: bytes) -> None:
    packet = UdpDatagram.parse(data)
    assert UdpDatagram.parse(packet.build()) == packet


def compressed_udp(data: bytes) -> None:
    packet = CompressedUdp.parse(data)
    use_all(packet)
    assert CompressedUdp.parse(packet.build()) == packet


def alias(data: bytes) -> None:
    """Up to four parts of a talker alias, one behind the other."""
    collector = AliasCollector()
    for at in range(0, len(data), 9):
        collector.add(TalkerAliasPart.parse(data[at : at + 9]))
    assert collector.text is None or collector.text.isprintable()


def closed_packet(data: bytes) -> None:
    content = open_packet(data, 4)
    parts, pad = seal_packet(content, 12)
    assert open_packet(b"".join(parts), pad) == content


def short_text(data: bytes) -> None:
    text = decode_text(data[1:], data[0] if data else 0)
    assert text is None or "\0" not in text


def control_message(data: bytes) -> None:
    """A multi-block control message: its header, then blocks of 12."""
    collector = MultiBlockCollector()
    collector.header(data[:12])
    for at in range(12, len(data), 12):
        collector.add(data[at : at + 12])


def stream(data: bytes) -> None:
    """Any bursts one after the other, put together and read to their content."""
    reassembler = Reassembler()
    for at in range(0, len(data) - 32, 33):
        read = parse_burst(data[at : at + 33])
        done = reassembler.feed(read, at / 33) if isinstance(read, DataBurst) else None
        if done is not None:
            content_of(done)
    reassembler.expire(1e9)


def packet(data: bytes) -> None:
    """A header and its data, with as many well-checked blocks as it takes."""
    head, rest = data[:12], data[12:140]
    kind, size = _BLOCKS[len(rest) % 3]
    reassembler = Reassembler()
    confirmed = head[:1] != b"" and head[0] & 0xF == 3
    data_size = size - 2 * confirmed
    padded = rest + bytes(-(len(rest) + 4) % data_size)
    whole = padded + crc32(padded)
    count = len(whole) // data_size
    if head[:1] and head[0] & 0xF in (2, 3) and len(head) == 12:  # announce what there is
        head = seal(head[:8] + bytes((0x80 | count, head[9])), CrcMask.DATA_HEADER)
    done = reassembler.header(parse_data_header(head), 0.0)
    for serial in range(count):
        block = whole[serial * data_size : (serial + 1) * data_size]
        block = ConfirmedBlock(serial, block).build() if confirmed else block
        done = reassembler.block(kind, block, serial / 10) or done
    if done is not None:
        content_of(done)
    reassembler.expire(1e9)


def sealed_as(mask: CrcMask) -> Mend:
    """Make a block of 12 octets with a good CRC, and leave what follows it."""

    def mend(data: bytes, dice: Random) -> bytes:
        return seal(data[:10].ljust(10, b"\0"), mask) + (data[12:] if len(data) > 24 else b"")

    return mend


def closed(data: bytes, dice: Random) -> bytes:
    """Blocks of 12 octets with the CRC-32 of all behind them."""
    padded = data + bytes(-(len(data) + 4) % 12)
    return padded + crc32(padded)


def with_parity(data: bytes, dice: Random) -> bytes:
    return rs_seal(data[:9].ljust(9, b"\0"), RsMask.VOICE_LC_HEADER)


def whole_burst(data: bytes, dice: Random) -> bytes:
    """33 octets: of a known burst, or around a block that is a codeword, a few bits damaged."""
    if dice.random() < 0.5:
        return data[:33].ljust(33, b"\0")
    kind = DataType(dice.randrange(12))
    block = data[:12].ljust(12, b"\0")
    if kind in (DataType.RATE_34_DATA, DataType.RATE_1_DATA):
        kind = DataType.CSBK
    good = bytearray(build_data(Channel(1).sync, SlotType(1, kind), block))
    for _ in range(dice.randrange(4)):
        good[dice.randrange(33)] ^= 1 << dice.randrange(8)
    return bytes(good)


def as_embedded(data: bytes, dice: Random) -> bytes:
    """16 octets: a codeword around nine of them, a few bits damaged."""
    if dice.random() < 0.3:
        return data
    good = bytearray(b"".join(embedded.encode(data[:9].ljust(9, b"\0"))))
    for _ in range(dice.randrange(5)):
        good[dice.randrange(16)] ^= 1 << dice.randrange(8)
    return bytes(good)


def as_trellis(data: bytes, dice: Random) -> bytes:
    """33 octets: the code of eighteen of them, a few bits damaged."""
    good = bytearray(trellis.encode(data[:18].ljust(18, b"\0")).to_bytes(33, "big"))
    for _ in range(dice.randrange(5)):
        good[dice.randrange(33)] ^= 1 << dice.randrange(8)
    return bytes(good)


def as_short_lc(data: bytes, dice: Random) -> bytes:
    bits = ShortLc(int.from_bytes(data[:4].ljust(4, b"\0"), "big") & 0xFFFFFFF).build()
    return ((bits ^ 1 << dice.randrange(68)) << 4).to_bytes(9, "big")


def as_confirmed(data: bytes, dice: Random) -> bytes:
    size = dice.choice((10, 16, 22))
    return ConfirmedBlock(
        data[0] >> 1 if data else 0, data[1 : size + 1].ljust(size, b"\0")
    ).build()


def as_ip(data: bytes, dice: Random) -> bytes:
    """Lengths that fit the octets; the checksum of the header is mended by building."""
    if len(data) < 28:
        return data
    size = len(data).to_bytes(2, "big")
    udp_size = (len(data) - 20).to_bytes(2, "big")
    mended = b"\x45" + data[1:2] + size + data[4:9] + b"\x11" + data[10:24] + udp_size + data[26:]
    try:
        return UdpDatagram.parse(mended).build()
    except MalformedError:
        return mended


def confirmed_blocks() -> list[bytes]:
    found = blocks_in_bursts(DataType.RATE_34_DATA)
    return found + octets("dmr/data", protocol="dmr-crc9-rate34")


LIP_REPORTS: Final = octets("dmr/published", protocol="dmr-usb-data")
TRELLIS_BLOCKS: Final = octets("dmr/data", protocol="dmr-trellis-34")
DATAGRAMS: Final = [
    bytes.fromhex(entry["expect"]["data"])
    for entry in entries("dmr/data")
    if "data" in entry["expect"]
]
HEADERS: Final = octets("dmr/control_blocks", protocol="dmr-data-header") + blocks_in_bursts(
    DataType.DATA_HEADER
)
LINK_CONTROLS: Final = [
    *(block[:9] for block in octets("dmr/link_control", protocol="dmr-full-lc")),
    *(block[:9] for block in octets("dmr/link_control", protocol="dmr-lc-77")),
]
PACKETS: Final = [header + datagram for header in HEADERS for datagram in DATAGRAMS] + octets(
    "dmr/published", protocol="dmr-data-blocks"
)

ALIASES: Final = [
    b"".join(part.build() for part in build_alias(text, form))
    for form in AliasFormat
    for text in ("LP-101", "PATROL CAR 12 OF LIEPAJA")
]
"What no recording has; the expectation is only that any damage of it is read or refused."

DMR: Final = Family(
    "dmr",
    (
        Case("burst", octets("dmr/bursts"), burst, whole_burst),
        Case("bptc", octets("dmr/bursts"), product_code, whole_burst),
        Case("trellis", TRELLIS_BLOCKS, rate_34, as_trellis, batch=100),
        Case("rate 3/4", confirmed_blocks(), rate_34_by_its_check, as_trellis, batch=15),
        Case("embedded", octets("dmr/link_control"), embedded_lc, as_embedded),
        Case("key", octets("dmr/published", protocol="dmr-single-burst"), key_notice),
        Case("emb", octets("dmr/link_control", protocol="dmr-emb"), emb),
        Case("short lc", octets("dmr/link_control"), short_lc, as_short_lc),
        Case("lc", LINK_CONTROLS, link_control),
        Case("full lc", octets("dmr/link_control"), full_lc, with_parity),
        Case("lc of a burst", BURSTS, quick_lc, least_read=0.0),
        Case("csbk", octets("dmr/control_blocks"), csbk, sealed_as(CrcMask.CSBK)),
        Case("control message", octets("dmr/data"), control_message, sealed_as(CrcMask.MBC_HEADER)),
        Case("data header", HEADERS, data_header, sealed_as(CrcMask.DATA_HEADER)),
        Case("pi header", octets("dmr/control_blocks"), pi_header, sealed_as(CrcMask.PI_HEADER)),
        Case("confirmed block", confirmed_blocks(), confirmed_block, as_confirmed),
        Case("packet", PACKETS, packet, sealed_as(CrcMask.DATA_HEADER)),
        Case("stream", octets("dmr/data", protocol="dmr-burst-sequence"), stream),
        Case("udp", DATAGRAMS, udp, as_ip),
        Case("compressed udp", octets(*FILES), compressed_udp),
        Case("udt position", octets("dmr/published", protocol="dmr-udt-nmea"), udt_position),
        Case("lip", LIP_REPORTS, lip, sealed_as(CrcMask.USB_DATA)),
        Case("text", DATAGRAMS, short_text),
        Case("closed packet", DATAGRAMS, closed_packet, closed),
        Case("alias", ALIASES, alias),
    ),
)  # fmt: skip
