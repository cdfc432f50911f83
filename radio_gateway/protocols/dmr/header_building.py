"""Data headers as octets: the reverse of `data_header.parse_data_header`."""

from functools import singledispatch

from radio_gateway.protocols.dmr.checks import CrcMask, seal
from radio_gateway.protocols.dmr.data_header import (
    Addressed,
    ConfirmedHeader,
    DataFormat,
    DataHeader,
    ProprietaryHeader,
    RawDataHeader,
    ResponseHeader,
    ShortDataHeader,
    StatusHeader,
    UdtHeader,
    UnconfirmedHeader,
)


def build_data_header(header: DataHeader) -> bytes:
    """The 12 octets of a header, CRC included.

    Raises:
        ValueError: a field does not fit its width.
    """
    try:
        return seal(_body(header), CrcMask.DATA_HEADER)
    except OverflowError as error:
        raise ValueError(f"a field of {header} is too wide") from error


@singledispatch
def _body(header: DataHeader) -> bytes:
    raise TypeError(f"{type(header).__name__} is no data header")


@_body.register
def _unconfirmed(header: UnconfirmedHeader) -> bytes:
    head = _head(header, DataFormat.UNCONFIRMED, _pad_high(header.pad_octets), header.pad_octets)
    return head + bytes((header.full_message << 7 | header.blocks, header.fragment))


@_body.register
def _confirmed(header: ConfirmedHeader) -> bytes:
    head = _head(header, DataFormat.CONFIRMED, _pad_high(header.pad_octets), header.pad_octets)
    numbers = header.resynchronise << 7 | header.send_sequence << 4 | header.fragment
    return head + bytes((header.full_message << 7 | header.blocks, numbers))


@_body.register
def _response(header: ResponseHeader) -> bytes:
    answer = header.response_class << 6 | header.response_type << 3 | header.status
    return _head(header, DataFormat.RESPONSE, 0, 0) + bytes((header.blocks, answer))


@_body.register
def _short(header: ShortDataHeader) -> bytes:
    flags = header.selective_request << 1 | header.full_message
    return _short_head(header, DataFormat.SHORT_DEFINED, header.appended_blocks) + bytes(
        (header.character_format << 2 | flags, header.pad_bits)
    )


@_body.register
def _raw(header: RawDataHeader) -> bytes:
    ports = header.source_port << 5 | header.target_port << 2
    flags = header.selective_request << 1 | header.full_message
    return _short_head(header, DataFormat.SHORT_RAW, header.appended_blocks) + bytes(
        (ports | flags, header.pad_bits)
    )


@_body.register
def _status(header: StatusHeader) -> bytes:
    value = header.source_port << 13 | header.target_port << 10 | header.status
    return _short_head(header, DataFormat.SHORT_RAW, 0) + value.to_bytes(2, "big")


@_body.register
def _udt(header: UdtHeader) -> bytes:
    flags = header.supplementary << 7 | header.protect << 6 | header.opcode
    return _head(header, DataFormat.UDT, 0, header.udt_format) + bytes(
        (header.pad_nibbles << 3 | header.appended_blocks - 1, flags)
    )


@_body.register
def _proprietary(header: ProprietaryHeader) -> bytes:
    return bytes((header.sap << 4 | DataFormat.PROPRIETARY, header.fid)) + header.data


def _pad_high(pad_octets: int) -> int:
    return pad_octets >> 4 << 4


def _short_head(header: Addressed, form: DataFormat, blocks: int) -> bytes:
    return _head(header, form, blocks >> 4 << 4, blocks)


def _head(header: Addressed, form: DataFormat, middle: int, nibble: int) -> bytes:
    """Octets 0 to 7: `middle` shares the first octet, the low half of `nibble` the second."""
    return (
        bytes(
            (
                header.group << 7 | header.response_requested << 6 | middle | form,
                header.sap << 4 | nibble & 0xF,
            )
        )
        + header.target.to_bytes(3, "big")
        + header.source.to_bytes(3, "big")
    )
