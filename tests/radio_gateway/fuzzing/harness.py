"""One fuzzer for all decoders: damaged vectors, checksums mended, none raises or takes long.

A decoder is registered as a `Case`; cases of one owner make a `Family` (see `families`).
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from radio_gateway.protocols.errors import MalformedError

SLOWEST_S: Final = 0.05
"No input may take longer, in processor time."
BATCH: Final = 250
"Inputs that are timed together; those of a batch that took too long are timed one by one."
LONGEST: Final = 1500
"Octets that an input may grow to."
MENDED: Final = 0.85
"Share of the inputs whose lengths and checksums are put right after the damage."
AWKWARD: Final = (0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF)

Decode = Callable[[bytes], object]
Mend = Callable[[bytes, Random], bytes]


def as_it_is(data: bytes, dice: Random) -> bytes:
    """For decoders that no checksum protects, or that seal their input themselves."""
    return data


@dataclass(frozen=True)
class Case:
    """One decoder: known octets, how to mend damaged ones, and what reads them.

    `decode` raises MalformedError for what it refuses and AssertionError where a value does not
    build the octets that it was read from; anything else is a bug.
    """

    name: str
    vectors: Sequence[bytes]
    decode: Decode
    mend: Mend = as_it_is
    letters: bytes = bytes(AWKWARD)
    "Octets that mean something to the decoder: delimiters, digits, extremes."
    batch: int = BATCH
    "Fewer for a slow decoder, so that a batch of it takes less than the slowest input may."
    least_read: float = 0.02
    "Share of the damaged inputs that must get through as values: the fuzzer is not blind."


@dataclass(frozen=True)
class Family:
    """The decoders of one owner."""

    name: str
    cases: tuple[Case, ...]


@dataclass
class Report:
    """What a run did."""

    inputs: int = 0
    seconds: float = 0.0
    "Processor time in the decoders."
    slowest_s: float = 0.0
    "Of inputs in batches that were looked at one by one; others took less than `SLOWEST_S`."
    slowest: str = ""
    read: dict[str, int] = field(default_factory=dict)
    given: dict[str, int] = field(default_factory=dict)


def prefixes(data: bytes) -> Iterator[bytes]:
    """Every beginning of the octets, without the whole."""
    return (data[:size] for size in range(len(data)))


def single_flips(data: bytes) -> Iterator[bytes]:
    """The octets with every one of their bits turned."""
    for bit in range(8 * len(data)):
        turned = bytearray(data)
        turned[bit // 8] ^= 1 << bit % 8
        yield bytes(turned)


def attempt(case: Case, data: bytes) -> bool:
    """Whether the octets are a value; any fault but MalformedError names them and goes on up."""
    try:
        case.decode(data)
    except MalformedError:
        return False
    except Exception as fault:
        fault.add_note(f"{case.name}: {data.hex()}")
        raise
    return True


def mutated(case: Case, dice: Random) -> bytes:
    """Octets of a vector after a few flips, cuts, insertions, repetitions and joins."""
    chance = dice.random
    known = case.vectors
    data = bytearray(known[int(chance() * len(known))])
    for _ in range(1 + int(chance() * 4)):
        size = len(data)
        at = int(chance() * (size + 1))
        kind = chance()
        if kind < 0.45:
            if at < size:
                data[at] ^= 1 << int(chance() * 8)
        elif kind < 0.65:
            if at < size:
                data[at] = case.letters[int(chance() * len(case.letters))]
        elif kind < 0.75:
            if at < size:
                data[at] = int(chance() * 256)
        elif kind < 0.80:
            del data[at : at + 1 + int(chance() * 8)]
        elif kind < 0.87:
            data[at:at] = dice.randbytes(1 + int(chance() * 6))
        elif kind < 0.92:
            data[at:at] = data[at : at + 1 + int(chance() * 12)]
        elif kind < 0.96:
            other = known[int(chance() * len(known))]
            data[at:] = other[int(chance() * (len(other) + 1)) :]
        else:
            del data[at:]
    return bytes(data[:LONGEST])


def inputs(case: Case, dice: Random, count: int) -> list[bytes]:
    """So many damaged inputs, most of them mended."""
    return [
        case.mend(data, dice) if dice.random() < MENDED else data
        for data in (mutated(case, dice) for _ in range(count))
    ]


def run(family: Family, count: int, seed: int) -> Report:
    """Feed so many damaged inputs, spread evenly over the family's decoders.

    The same count and seed give the same inputs. Long runs go in pieces by giving each its seed.

    Raises:
        AssertionError: an input took too long, or a value did not build its octets.
    """
    dice = Random(f"{family.name} {seed}")
    report = Report(
        read=dict.fromkeys((case.name for case in family.cases), 0),
        given=dict.fromkeys((case.name for case in family.cases), 0),
    )
    while report.inputs < count:
        case = min(family.cases, key=lambda each: report.given[each.name])
        batch = inputs(case, dice, min(case.batch, count - report.inputs))
        begun = time.process_time()
        read = sum([attempt(case, data) for data in batch])
        took = time.process_time() - begun
        if took > SLOWEST_S:
            _look_closer(case, batch, report)
        report.inputs += len(batch)
        report.seconds += took
        report.read[case.name] += read
        report.given[case.name] += len(batch)
    return report


def _look_closer(case: Case, batch: list[bytes], report: Report) -> None:
    """Time every input alone; what seems slow is timed again, as others use this machine too."""
    for data in batch:
        took = _time_of(case, data)
        if took > SLOWEST_S:
            took = min(_time_of(case, data) for _ in range(5))
        if took > report.slowest_s:
            report.slowest_s, report.slowest = took, f"{case.name}: {data.hex()}"
        assert took <= SLOWEST_S, f"{took * 1000:.1f} ms for {case.name}: {data.hex()}"


def _time_of(case: Case, data: bytes) -> float:
    begun = time.process_time()
    attempt(case, data)
    return time.process_time() - begun


def use_all(value: object) -> None:
    """Read every property, as an adapter may."""
    for name in _properties(type(value)):
        getattr(value, name)


_PROPERTIES: dict[type, tuple[str, ...]] = {}


def _properties(kind: type) -> tuple[str, ...]:
    if kind not in _PROPERTIES:
        names = (name for name in dir(kind) if isinstance(getattr(kind, name), property))
        _PROPERTIES[kind] = tuple(names)
    return _PROPERTIES[kind]
