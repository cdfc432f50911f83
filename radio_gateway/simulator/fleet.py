"""The demo fleet: three agencies, their patrols, officers, radios, talkgroups and base stations.

Pure data, the same for the same arguments; the dispatch side fills its demo database from it.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from types import MappingProxyType
from typing import Final

from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.simulator.names import CYRILLIC, officer_names
from radio_gateway.simulator.streets import PatrolKind


class BaseKind(StrEnum):
    """Words of the gateway's link kinds."""

    HOMEBREW = "homebrew"
    HYTERA = "hytera"
    KENWOOD = "kenwood"


@dataclass(frozen=True, slots=True)
class DemoAgency:
    code: str
    "Prefix of its call signs: `LP`."
    name: str
    country: str
    "`LV` or `LT`."
    language: str
    "`lv` or `lt`."
    network: str
    "Numbering network of its base stations."
    cities: tuple[str, ...]
    "Where its patrols go."


@dataclass(frozen=True, slots=True)
class DemoBase:
    """One base station, as one link of the gateway sees it."""

    name: str
    kind: BaseKind
    agency: str
    network: str
    site: str
    repeater_id: int | None = None
    "Homebrew only."
    statuses: Mapping[int, str] = field(default_factory=dict)
    "Kenwood only: status numbers of its radios."
    emergency_statuses: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class DemoTalkgroup:
    id: TalkgroupId
    name: str
    agency: str


@dataclass(frozen=True, slots=True)
class DemoOfficer:
    name: str
    agency: str
    unit: str
    "Call sign."


@dataclass(frozen=True, slots=True)
class DemoRadio:
    id: RadioId
    alias: str
    "Call sign and family name; also sent as talker alias."
    model: str
    unit: str
    "Call sign."
    agency: str
    base: str
    "Name of the base station that it works through."


@dataclass(frozen=True, slots=True)
class DemoUnit:
    call_sign: str
    kind: PatrolKind
    agency: str
    talkgroup: TalkgroupId
    officers: tuple[str, ...]
    radio: RadioId


@dataclass(frozen=True, slots=True)
class Fleet:
    agencies: tuple[DemoAgency, ...]
    bases: tuple[DemoBase, ...]
    talkgroups: tuple[DemoTalkgroup, ...]
    units: tuple[DemoUnit, ...]
    radios: tuple[DemoRadio, ...]
    officers: tuple[DemoOfficer, ...]


LIEPAJA: Final = DemoAgency(
    "LP", "Liepājas pašvaldības policija", "LV", "lv", "liepaja", ("Liepāja", "Grobiņa")
)
PALANGA: Final = DemoAgency(
    "PL", "Palangos miesto savivaldybė", "LT", "lt", "palanga", ("Palanga", "Šventoji")
)
KLAIPEDA: Final = DemoAgency(
    "KL", "Klaipėdos viešoji tvarka", "LT", "lt", "klaipeda", ("Klaipėda",)
)
KENWOOD_STATUSES: Final[Mapping[int, str]] = MappingProxyType(
    {11: "Laisvi", 12: "Vykstame", 13: "Vietoje", 14: "Pertrauka"}
)
KENWOOD_EMERGENCY: Final = 99
BASES: Final = (
    DemoBase(
        "liepaja-mmdvm", BaseKind.HOMEBREW, "LP", "liepaja", "Liepāja, Karosta", repeater_id=247101
    ),
    DemoBase("liepaja-hytera", BaseKind.HYTERA, "LP", "liepaja", "Liepāja, Lielais dzintars"),
    DemoBase("palanga-hytera", BaseKind.HYTERA, "PL", "palanga", "Palanga, vandentiekio bokštas"),
    DemoBase(
        "klaipeda-kenwood",
        BaseKind.KENWOOD,
        "KL",
        "klaipeda",
        "Klaipėda, Giruliai",
        statuses=KENWOOD_STATUSES,
        emergency_statuses=frozenset({KENWOOD_EMERGENCY}),
    ),
)
TALKGROUPS: Final = (
    DemoTalkgroup(TalkgroupId("liepaja", 101), "Liepāja patruļas", "LP"),
    DemoTalkgroup(TalkgroupId("liepaja", 102), "Liepāja notikumi", "LP"),
    DemoTalkgroup(TalkgroupId("liepaja", 103), "Liepāja kopējā", "LP"),
    DemoTalkgroup(TalkgroupId("palanga", 201), "Palanga patruliai", "PL"),
    DemoTalkgroup(TalkgroupId("palanga", 202), "Palanga bendra", "PL"),
    DemoTalkgroup(TalkgroupId("klaipeda/nxdn", 301), "Klaipėda patruliai", "KL"),
    DemoTalkgroup(TalkgroupId("klaipeda/nxdn", 302), "Klaipėda bendra", "KL"),
)


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the units of one agency are numbered and equipped, in turns."""

    agency: DemoAgency
    share: int
    "Of 24 units."
    first_sign: int
    first_radio: int
    "Number of the first radio."
    radio_network: str
    kinds: tuple[PatrolKind, ...]


_PLANS: Final = (
    _Plan(
        LIEPAJA,
        12,
        101,
        2_471_101,
        "liepaja",
        (
            *(PatrolKind.CAR, PatrolKind.CAR, PatrolKind.FOOT, PatrolKind.E_CAR),
            *(PatrolKind.MINIBUS, PatrolKind.BICYCLE, PatrolKind.CAR, PatrolKind.E_QUAD),
            *(PatrolKind.DOG_TEAM, PatrolKind.CAR, PatrolKind.E_BIKE, PatrolKind.FOOT),
        ),
    ),
    _Plan(
        PALANGA,
        5,
        21,
        2_462_021,
        "palanga",
        (
            *(PatrolKind.CAR, PatrolKind.BICYCLE, PatrolKind.E_QUAD),
            *(PatrolKind.FOOT, PatrolKind.E_CAR),
        ),
    ),
    _Plan(
        KLAIPEDA,
        7,
        41,
        4041,
        "klaipeda/nxdn",  # NEXEDGE radios: numbers 1..65519 in a network of their own
        (
            *(PatrolKind.CAR, PatrolKind.MINIBUS, PatrolKind.E_CAR, PatrolKind.FOOT),
            *(PatrolKind.TRICYCLE, PatrolKind.BOAT, PatrolKind.CAR),
        ),
    ),
)
_CREW: Final = {PatrolKind.CAR: 2, PatrolKind.E_CAR: 2, PatrolKind.MINIBUS: 3, PatrolKind.BOAT: 2}
_MODELS: Final = {
    BaseKind.HOMEBREW: ("Anytone AT-D878UV", "Anytone AT-D578UV"),
    BaseKind.HYTERA: ("Hytera PD785G", "Hytera MD785G"),
    BaseKind.KENWOOD: ("Kenwood NX-3200", "Kenwood NX-5800"),
}
"Hand-held, mobile."
_VEHICLES: Final = frozenset(
    {PatrolKind.CAR, PatrolKind.E_CAR, PatrolKind.MINIBUS, PatrolKind.BOAT}
)


def build_fleet(units: int, seed: int) -> Fleet:
    """Make a fleet; every third Liepāja unit carries an MMDVM radio, the others Hytera ones.

    Args:
        units: all together, 3..2000; 24 gives 12, 5 and 7.
        seed: same seed, same names.

    Raises:
        ValueError: a number of units that has no fleet.
    """
    if not 3 <= units <= 2000:
        raise ValueError(f"units must be 3..2000, not {units}")
    chance = random.Random(f"fleet {seed}")
    made: list[tuple[DemoUnit, DemoRadio, tuple[DemoOfficer, ...]]] = []
    names = {language: officer_names(language, chance) for language in ("lv", "lt")}
    for plan, count in zip(_PLANS, _counts(units), strict=True):
        for index in range(count):
            kind = plan.kinds[index % len(plan.kinds)]
            crew = list(islice(names[plan.agency.language], _CREW.get(kind, 1)))
            if plan.agency is LIEPAJA and index == 1:
                crew[-1] = CYRILLIC
            made.append(_unit(plan, index, kind, tuple(crew)))
    return Fleet(
        agencies=tuple(plan.agency for plan in _PLANS),
        bases=BASES,
        talkgroups=TALKGROUPS,
        units=tuple(unit for unit, _, _ in made),
        radios=tuple(radio for _, radio, _ in made),
        officers=tuple(officer for _, _, officers in made for officer in officers),
    )


def _counts(units: int) -> list[int]:
    """Split by shares; each agency has at least one unit, the first takes the rounding."""
    others = [max(1, round(units * plan.share / 24)) for plan in _PLANS[1:]]
    return [units - sum(others), *others]


def _unit(
    plan: _Plan, index: int, kind: PatrolKind, crew: tuple[str, ...]
) -> tuple[DemoUnit, DemoRadio, tuple[DemoOfficer, ...]]:
    code = plan.agency.code
    sign = f"{code}-{plan.first_sign + index}"
    groups = [group.id for group in TALKGROUPS if group.agency == code]
    bases = [base for base in BASES if base.agency == code]
    base = bases[0] if len(bases) == 1 or index % 3 == 2 else bases[1]
    number = RadioId(plan.radio_network, plan.first_radio + index)
    unit = DemoUnit(sign, kind, code, groups[0], crew, number)
    radio = DemoRadio(
        id=number,
        alias=f"{sign} {crew[0].rpartition(' ')[2]}",
        model=_MODELS[base.kind][kind in _VEHICLES],
        unit=sign,
        agency=code,
        base=base.name,
    )
    return unit, radio, tuple(DemoOfficer(name, code, sign) for name in crew)
