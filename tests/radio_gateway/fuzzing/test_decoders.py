"""Every decoder: each vector cut and flipped anywhere, any octets, and millions of damaged ones."""

import logging
import os
from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.radio_gateway.fuzzing.adapters import ADAPTERS
from tests.radio_gateway.fuzzing.families import FAMILIES
from tests.radio_gateway.fuzzing.harness import (
    SLOWEST_S,
    Case,
    Family,
    attempt,
    prefixes,
    run,
    single_flips,
)
from tests.radio_gateway.fuzzing.vectors import every_vector

QUICK: Final = 20_000
LONG: Final = 5_000_000
COUNT_VARIABLE: Final = "SARDZE_FUZZ"
"Inputs per family in the slow tests; CONTRIBUTING.md tells of it."

CASES: Final[list[Any]] = [
    pytest.param(case, id=f"{family.name}-{case.name.replace(' ', '_')}")
    for family in FAMILIES.values()
    for case in family.cases
]
each_case = pytest.mark.parametrize("case", CASES)
SLOW_ONES: Final = {id(case) for case in ADAPTERS.cases}
"Adapters take the codecs' vectors once more: for the long run."
each_case_exhaustively = pytest.mark.parametrize(
    "case",
    [
        pytest.param(*param.values, id=param.id, marks=[pytest.mark.slow] * is_slow)
        for param in CASES
        for is_slow in [id(param.values[0]) in SLOW_ONES]
    ],
)
each_family = pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Kept log lines would cost more than the decoders."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@each_case
def test_every_vector_cut_anywhere_is_read_or_refused(case: Case) -> None:
    for vector in case.vectors:
        for cut in prefixes(vector):
            attempt(case, cut)


@each_case_exhaustively
def test_every_vector_with_any_bit_turned_is_read_or_refused(case: Case) -> None:
    for vector in case.vectors:
        for turned in single_flips(vector):
            attempt(case, turned)


@each_case
@settings(deadline=None)
@given(data=st.binary(max_size=120) | st.binary(min_size=33, max_size=33))
def test_any_octets_are_read_or_refused(case: Case, data: bytes) -> None:
    attempt(case, data)


@each_family
def test_damaged_vectors_are_read_or_refused_and_none_takes_long(family: Family) -> None:
    report = run(family, QUICK, seed=1)
    assert report.slowest_s <= SLOWEST_S
    for case in family.cases:  # the damage reaches the fields behind the checksums
        assert report.read[case.name] >= case.least_read * report.given[case.name], case.name


@pytest.mark.slow
@each_family
def test_very_many_damaged_vectors_are_read_or_refused(family: Family) -> None:
    count = int(os.environ.get(COUNT_VARIABLE, LONG))
    assert run(family, count, seed=2).inputs == count


def test_every_vector_is_given_to_a_decoder_of_its_own() -> None:
    """A file that nobody registered would be damaged by nobody."""
    cases = chain.from_iterable(family.cases for family in FAMILIES.values())
    given_out = set(chain.from_iterable(case.vectors for case in cases))
    assert every_vector() - given_out == set()
