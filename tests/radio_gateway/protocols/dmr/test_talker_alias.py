"""Talker alias in its four formats."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.protocols.dmr.link_control import TalkerAliasPart
from radio_gateway.protocols.dmr.talker_alias import (
    AliasCollector,
    AliasFormat,
    best_format,
    build,
)

EXAMPLES = [
    # format, text, link controls; worked out from the bit layout
    (
        AliasFormat.SEVEN_BIT,
        "LIEPAJA PATROL 12",
        "040023324c5a106541 050041420d4a53e620 060062c80000000000",
    ),
    (AliasFormat.UTF_8, "Klaipėda 7", "0400964b6c616970c4 050097646120370000"),
    (AliasFormat.UTF_16, "Liepāja 12", "0400d4004c00690065 050000700101006a00 060061002000310032"),
]


def heard(parts: list[TalkerAliasPart]) -> list[str]:
    collector = AliasCollector()
    return [text for part in parts if (text := collector.add(part))]


@pytest.mark.parametrize(("form", "text", "octets"), EXAMPLES)
def test_examples_are_read(form: AliasFormat, text: str, octets: str) -> None:
    parts = [TalkerAliasPart.parse(bytes.fromhex(lc)) for lc in octets.split()]

    assert heard(parts) == [text]


@pytest.mark.parametrize(("form", "text", "octets"), EXAMPLES)
def test_examples_are_built(form: AliasFormat, text: str, octets: str) -> None:
    assert [part.build().hex() for part in build(text, form)] == octets.split()


def test_parts_may_come_in_any_order_and_twice() -> None:
    parts = list(build("LIEPAJA PATROL 12", AliasFormat.SEVEN_BIT))

    assert heard([parts[2], parts[1], parts[1], parts[0]]) == ["LIEPAJA PATROL 12"]


def test_no_alias_with_a_part_missing() -> None:
    parts = list(build("LIEPAJA PATROL 12", AliasFormat.SEVEN_BIT))

    assert heard([parts[0], parts[2]]) == []


def test_another_header_starts_afresh() -> None:
    first = build("LIEPAJA PATROL 12", AliasFormat.SEVEN_BIT)
    second = build("Ventspils dežūra", AliasFormat.UTF_8)

    assert heard([first[0], first[1], *second]) == ["Ventspils dežūra"]


def test_length_in_characters_is_understood_in_utf_8() -> None:
    # 10 characters in 11 octets; the header counts characters
    header = bytes.fromhex("944b6c616970c4")
    block = bytes.fromhex("97646120370000")

    assert heard([TalkerAliasPart(0, header), TalkerAliasPart(1, block)])[-1] == "Klaipėda 7"


def test_control_characters_are_dropped() -> None:
    [part] = build("\x1b[2J\r\n", AliasFormat.ISO_8859_1)

    assert heard([part]) == ["[2J"]


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=13))
def test_round_trip_in_the_best_format(text: str) -> None:
    if best_format(text) is AliasFormat.UTF_16 and any(ord(c) > 0xFFFF for c in text):
        return

    assert heard(list(build(text, best_format(text))))[-1] == text


@given(st.lists(st.builds(TalkerAliasPart, st.integers(0, 3), st.binary(min_size=7, max_size=7))))
def test_any_parts_give_printable_text_or_nothing(parts: list[TalkerAliasPart]) -> None:
    for text in heard(parts):
        assert text.isprintable()
        assert 0 < len(text) <= 31
