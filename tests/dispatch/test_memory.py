"""After the start, collections walk through new objects only."""

import gc
from collections.abc import Iterator

import pytest

from dispatch.memory import THRESHOLDS, settle


@pytest.fixture
def thresholds() -> Iterator[tuple[int, int, int]]:
    before = gc.get_threshold()
    yield before
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_exists_at_the_start_is_not_looked_at_again(thresholds: tuple[int, int, int]) -> None:
    assert gc.get_freeze_count() == 0
    settle()
    assert gc.get_freeze_count() > 10_000
    assert len(gc.get_objects()) < 1_000
    assert gc.get_threshold() == THRESHOLDS != thresholds
