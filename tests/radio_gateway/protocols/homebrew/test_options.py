"""Talkgroups that repeaters ask for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.protocols.homebrew.messages import Options
from radio_gateway.protocols.homebrew.options import StaticTalkgroups


def asked(text: str) -> StaticTalkgroups:
    return StaticTalkgroups.of(Options(246001, text))


@pytest.mark.parametrize(
    ("text", "talkgroup", "slot"),
    [
        ("TS1=1,2,3;TS2=9", 2, 1),
        ("TS1=1,2,3;TS2=9", 9, 2),
        ("TS1=1,2,3;TS2=9", 4, None),
        ("TS2=100-199", 150, 2),
        ("TS2=100-199", 200, None),
        ("StartRef=4001;RelinkTime=15;UserLink=1;TS1_1=8;TS2_1=9", 9, 2),
        ("StartRef=4001;RelinkTime=15;UserLink=1;TS1_1=8;TS2_1=9", 4001, None),
        ("TS1=3120:2:9, 7", 3120, 1),
        ("TS1=3120:2:9, 7", 7, 1),
        ("ts1=8", 8, 1),
        ("SRC=2460012;TS1=*", 2460012, None),
        ("TS1=9-1;TS1_2=0", 5, None),
    ],
)
def test_slot_of_a_talkgroup(text: str, talkgroup: int, slot: int | None) -> None:
    assert asked(text).slot_of(talkgroup) == slot


def test_nothing_asked_is_false() -> None:
    assert not asked("StartRef=4000;RelinkTime=15;UserLink=1")
    assert not asked("")
    assert asked("TS2=9")


@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    asked(text).slot_of(9)


@given(st.lists(st.from_regex(r"(TS[12](_\d)?|StartRef)=[-0-9,:;]{0,30}", fullmatch=True)))
def test_any_text_like_options(entries: list[str]) -> None:
    for slot, first, last in asked(";".join(entries)).ranges:
        assert slot in (1, 2)
        assert 0 < first <= last
