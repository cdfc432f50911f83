"""Values that are made quickly are the same frozen values."""

import inspect
from dataclasses import FrozenInstanceError, dataclass, field, replace
from typing import Any

import pytest

from radio_gateway.domain.events import PositionReported, PositionSource
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.quick import quick_init, unfrozen
from tests.radio_gateway.support import moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    link: str


@dataclass(frozen=True, slots=True)
class Slow(Base):
    number: int
    text: str = "none"
    late: float | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if self.number < 0:
            raise ValueError("negative")


@quick_init
@dataclass(frozen=True, slots=True)
class Quick(Base):
    number: int
    text: str = "none"
    late: float | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if self.number < 0:
            raise ValueError("negative")


def test_it_takes_the_arguments_that_the_class_would_take_without_it() -> None:
    slow, quick = inspect.signature(Slow), inspect.signature(Quick)
    assert list(quick.parameters) == list(slow.parameters)
    for name, parameter in slow.parameters.items():
        assert quick.parameters[name] == parameter


@pytest.mark.parametrize(
    "arguments",
    [
        {"link": "a", "number": 1},
        {"link": "a", "number": 1, "text": "b", "late": 2.0},
        {"number": 1},
        {"link": "a"},
        {"link": "a", "number": -1},
        {"link": "a", "number": 1, "other": 2},
    ],
)
def test_it_makes_the_same_value_or_the_same_complaint(arguments: dict[str, Any]) -> None:
    def made(kind: type) -> object:
        try:
            return repr(kind(**arguments))
        except (TypeError, ValueError) as error:
            return type(error)

    expected = made(Slow)
    expected = expected.replace("Slow", "Quick") if isinstance(expected, str) else expected
    assert made(Quick) == expected


def test_the_value_is_frozen_and_can_be_compared_hashed_and_replaced() -> None:
    value = Quick(1, "x", link="a", late=3.0)
    with pytest.raises(FrozenInstanceError):
        value.number = 2  # type: ignore[misc]  # just that is tried
    assert value == Quick(1, "x", link="a", late=3.0)
    assert hash(value) == hash(Quick(1, "x", link="a", late=3.0))
    assert replace(value, number=2) == Quick(2, "x", link="a", late=3.0)


def test_a_class_that_it_does_not_fit_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Listed:
        all: list[int] = field(default_factory=list)

    with pytest.raises(TypeError, match="factory"):
        quick_init(Listed)


def test_an_object_that_is_filled_first_becomes_the_same_frozen_value() -> None:
    found = unfrozen(Quick)()
    found.link, found.number, found.text, found.late = "a", 1, "b", 2.0
    found.__class__ = Quick
    assert type(found) is Quick
    assert found == Quick(1, "b", link="a", late=2.0)
    assert hash(found) == hash(Quick(1, "b", link="a", late=2.0))
    with pytest.raises(FrozenInstanceError):
        found.number = 2  # type: ignore[misc]  # just that is tried
    with pytest.raises(FrozenInstanceError):
        del found.link


def test_a_position_still_checks_its_place_and_keeps_its_defaults() -> None:
    with pytest.raises(ValueError, match="no place on earth"):
        GeoPoint(91.0, 0.0)
    event = PositionReported(
        link="a",
        at=moment(),
        radio=RadioId("n", 1),
        point=GeoPoint(1.0, 2.0),
        source=PositionSource.TRIGGERED,
    )
    assert (event.rssi_dbm, event.stale, event.verified) == (None, False, True)
