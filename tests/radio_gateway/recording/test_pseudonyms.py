"""What stands for people and places: equal for equal, other for other, no longer than it was."""

from itertools import pairwise

import pytest

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.recording.pseudonyms import EVERYBODY, Pseudonyms


def test_numbers_keep_their_digits() -> None:
    names = Pseudonyms()
    true = [5, 101, 102, 9001, 2_470_101, 247_001_001, 4_294_967_295]
    told = [names.number(each) for each in true]
    assert [len(str(each)) for each in told] == [len(str(each)) for each in true]
    assert len(set(told)) == len(true)
    assert [names.number(each) for each in true] == told


def test_all_numbers_of_a_length_find_another() -> None:
    names = Pseudonyms()
    assert {names.number(each) for each in range(1, 1000)} == set(range(1, 1000))


def test_nobody_and_everybody_stay() -> None:
    names = Pseudonyms()
    assert (names.number(0), names.number(EVERYBODY)) == (0, EVERYBODY)


def test_a_smaller_range_ends_with_one_clear_error() -> None:
    names = Pseudonyms()
    assert [names.within(each, "slot", 1, 2) for each in ("a", "b", "a")] == [1, 2, 1]
    with pytest.raises(ValueError, match="more than 2 numbers of the sort slot"):
        names.within("c", "slot", 1, 2)


@pytest.mark.parametrize("size", [1, 3, 7, 11, 12, 40])
def test_texts_of_one_size_stay_different(size: int) -> None:
    names = Pseudonyms()
    true = ["x" * n for n in range(1, 20)]
    told = [names.text(each, size) for each in true]
    assert [names.text(each, size) for each in true] == told
    assert {len(each) for each in told} == {size}
    assert all(each.isascii() for each in told)
    assert len(set(told)) == 19


def test_a_text_has_as_many_utf_16_units() -> None:
    names = Pseudonyms()
    for text in ("Sveiki", "Lielā iela 12, pie tilta", "\N{POLICE CAR} 7"):
        told = names.text(text)
        assert len(told.encode("utf-16-le")) == len(text.encode("utf-16-le"))
    assert names.text("") == names.text("", 5) == ""


@pytest.mark.parametrize("size", [1, 2, 9, 33])
def test_octets_keep_their_length_and_their_difference(size: int) -> None:
    names = Pseudonyms()
    true = [bytes((n,)).ljust(size, b"s") for n in range(20)]
    told = [names.octets(each) for each in true]
    assert {len(each) for each in told} == {size}
    assert len(set(told)) == 20
    assert names.octets(b"") == b""


def test_courses_can_still_be_written_in_every_format() -> None:
    names = Pseudonyms()
    for step in (0.1, 1.0, 2.0, 22.5):
        true = [round(step * n, 1) for n in range(1, round(360 / step))]
        told = [names.course(each) for each in true]
        assert [names.course(each) for each in true] == told
        assert len(set(told)) == len(true)
        assert all(0 < each < 360 and round(each * 10) % round(step * 10) == 0 for each in told)
    assert [names.course(each) for each in (0, 360, 511)] == [0, 360, 511]


def test_a_turn_is_no_turn_any_more() -> None:
    names = Pseudonyms()
    told = [names.course(each) for each in range(10, 100)]
    assert sum(abs(a - b) <= 10 for a, b in pairwise(told)) < 10


def test_heights_stay_different_and_the_sea_stays_the_sea() -> None:
    names = Pseudonyms()
    assert [names.height(each) for each in (17.5, 3.0, 17.5, 0.0)] == [1, 2, 1, 0]


def test_places_lie_apart_and_in_the_sea() -> None:
    names = Pseudonyms()
    true = [GeoPoint(56.5 + n / 100_000, 21.0) for n in range(3000)]
    told = [names.place(each) for each in true]
    assert len(set(told)) == 3000
    assert all(5 <= each.lat < 15.1 and 5 <= each.lon < 15.1 for each in told)
