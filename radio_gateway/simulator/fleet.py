"""The demo fleet: three agencies, their patrols, officers, radios, talkgroups and base stations.

Pure data, the same for the same arguments; the dispatch side fills its demo database from it.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    HOMEBREW_PEER = "homebrew-peer"
    HYTERA = "hytera"
    HYTERA_IPSC = "hytera-ipsc"
    HYTERA_SERIAL = "hytera-serial"
    KENWOOD = "kenwood"
    MMDVM_MODEM = "mmdvm-modem"
    MOTOTRBO = "mototrbo"
    MOTOTRBO_IPSC = "mototrbo-ipsc"
    NMEA = "nmea"
    OPENBRIDGE = "openbridge"
    TAIT = "tait"


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
    talkgroups: tuple[tuple[int, str], ...]
    "Number and name, the usual one first."
    cities: tuple[str, ...]
    "Where its patrols go."


@dataclass(frozen=True, slots=True)
class DemoBase:
    """One base station, as one link of the gateway sees it."""

    name: str
    kind: BaseKind
    agency: str
    site: str = ""
    share: int = 1
    "Of the agency's units, beside the shares of its other bases."


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
    "LP",
    "Liepājas pašvaldības policija",
    "LV",
    "lv",
    "liepaja",
    ((101, "Liepāja patruļas"), (102, "Liepāja notikumi"), (103, "Liepāja kopējā")),
    ("Liepāja", "Grobiņa"),
)
PALANGA: Final = DemoAgency(
    "PL",
    "Palangos miesto savivaldybė",
    "LT",
    "lt",
    "palanga",
    ((201, "Palanga patruliai"), (202, "Palanga bendra")),
    ("Palanga", "Šventoji"),
)
KLAIPEDA: Final = DemoAgency(
    "KL",
    "Klaipėdos viešoji tvarka",
    "LT",
    "lt",
    "klaipeda",
    ((301, "Klaipėda patruliai"), (302, "Klaipėda bendra")),
    ("Klaipėda",),
)
AGENCIES: Final = (LIEPAJA, PALANGA, KLAIPEDA)
STATUSES: Final[Mapping[int, str]] = MappingProxyType(
    {11: "Laisvi", 12: "Vykstame", 13: "Vietoje", 14: "Pertrauka"}
)
"Status numbers of radios on serial bases."
EMERGENCY_STATUS: Final = 99
BASES: Final = (
    DemoBase("liepaja-hytera", BaseKind.HYTERA, "LP", "Liepāja, Lielais dzintars", share=4),
    DemoBase("liepaja-mmdvm", BaseKind.HOMEBREW, "LP", "Liepāja, Karosta", share=3),
    DemoBase("grobina-ipsc", BaseKind.MOTOTRBO_IPSC, "LP", "Grobiņa, ūdenstornis", share=3),
    DemoBase("liepaja-mototrbo", BaseKind.MOTOTRBO, "LP", "Liepāja, pārvalde", share=2),
    DemoBase("palanga-hytera", BaseKind.HYTERA, "PL", "Palanga, vandentiekio bokštas", share=3),
    DemoBase("sventoji-modem", BaseKind.MMDVM_MODEM, "PL", "Šventoji, uostas", share=2),
    DemoBase("klaipeda-kenwood", BaseKind.KENWOOD, "KL", "Klaipėda, Giruliai", share=4),
    DemoBase("klaipeda-tait", BaseKind.TAIT, "KL", "Klaipėda, uostas", share=3),
)
"Bases of the demo; a network file may name others."
_TAGS: Final = MappingProxyType({BaseKind.KENWOOD: "/nxdn"})
"The gateway gives NEXEDGE numbers, 1..65519, a network of their own."
_SHORT_NUMBERS: Final = frozenset({BaseKind.KENWOOD, BaseKind.TAIT})
"Kinds whose identities have no room for 24 bits."
_ONE_UNIT: Final = frozenset({BaseKind.NMEA})
"Kinds that are one vehicle."


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the units of one agency are numbered and equipped, in turns."""

    agency: DemoAgency
    share: int
    "Of 24 units."
    first_sign: int
    first_radio: int
    "Number of the first radio."
    first_short: int
    "The same where numbers are short."
    kinds: tuple[PatrolKind, ...]


_PLANS: Final = (
    _Plan(
        LIEPAJA,
        12,
        101,
        2_471_101,
        1101,
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
        2021,
        (
            *(PatrolKind.CAR, PatrolKind.BICYCLE, PatrolKind.E_QUAD),
            *(PatrolKind.FOOT, PatrolKind.E_CAR),
        ),
    ),
    _Plan(
        KLAIPEDA,
        7,
        41,
        2_463_041,
        4041,
        (
            *(PatrolKind.CAR, PatrolKind.MINIBUS, PatrolKind.E_CAR, PatrolKind.FOOT),
            *(PatrolKind.TRICYCLE, PatrolKind.BOAT, PatrolKind.CAR),
        ),
    ),
)
_CREW: Final = {PatrolKind.CAR: 2, PatrolKind.E_CAR: 2, PatrolKind.MINIBUS: 3, PatrolKind.BOAT: 2}
_MODELS: Final = {
    BaseKind.HOMEBREW: ("Anytone AT-D878UV", "Anytone AT-D578UV"),
    BaseKind.HOMEBREW_PEER: ("Anytone AT-D878UV", "Anytone AT-D578UV"),
    BaseKind.HYTERA: ("Hytera PD785G", "Hytera MD785G"),
    BaseKind.HYTERA_IPSC: ("Hytera PD785G", "Hytera MD785G"),
    BaseKind.HYTERA_SERIAL: ("Hytera PD785G", "Hytera MD785G"),
    BaseKind.KENWOOD: ("Kenwood NX-3200", "Kenwood NX-5800"),
    BaseKind.MMDVM_MODEM: ("Anytone AT-D878UV", "Anytone AT-D578UV"),
    BaseKind.MOTOTRBO: ("Motorola DP4801e", "Motorola DM4601e"),
    BaseKind.MOTOTRBO_IPSC: ("Motorola DP4801e", "Motorola DM4601e"),
    BaseKind.NMEA: ("u-blox NEO-M8N", "u-blox NEO-M8N"),
    BaseKind.OPENBRIDGE: ("Anytone AT-D878UV", "Anytone AT-D578UV"),
    BaseKind.TAIT: ("Tait TP8100", "Tait TM8200"),
}
"Hand-held, mobile."
_VEHICLES: Final = frozenset(
    {PatrolKind.CAR, PatrolKind.E_CAR, PatrolKind.MINIBUS, PatrolKind.BOAT}
)


def radio_network(base: DemoBase) -> str:
    """Numbering network that the gateway puts the radios of a base into."""
    return agency_of(base).network + _TAGS.get(base.kind, "")


def agency_of(base: DemoBase) -> DemoAgency:
    """Whose patrols work through a base."""
    return next(agency for agency in AGENCIES if agency.code == base.agency)


def build_fleet(units: int, seed: int, bases: Sequence[DemoBase] = BASES) -> Fleet:
    """Make a fleet and spread the units of each agency over its bases.

    Units of an agency without a base have no radio and are left out.

    Args:
        units: all together, 3..2000; 24 gives 12, 5 and 7.
        seed: same seed, same names.
        bases: of all agencies, in any order.

    Raises:
        ValueError: a number of units that has no fleet.
    """
    if not 3 <= units <= 2000:
        raise ValueError(f"units must be 3..2000, not {units}")
    chance = random.Random(f"fleet {seed}")
    made: list[tuple[DemoUnit, DemoRadio, tuple[DemoOfficer, ...]]] = []
    names = {language: officer_names(language, chance) for language in ("lv", "lt")}
    for plan, count in zip(_PLANS, _counts(units), strict=True):
        spread = _spread([base for base in bases if base.agency == plan.agency.code])
        for index, base in enumerate(islice(spread, count)):
            kind = plan.kinds[index % len(plan.kinds)]
            crew = list(islice(names[plan.agency.language], _CREW.get(kind, 1)))
            if plan.agency is LIEPAJA and index == 1:
                crew[-1] = CYRILLIC
            made.append(_unit(plan, index, kind, tuple(crew), base))
    return Fleet(
        agencies=AGENCIES,
        bases=tuple(bases),
        talkgroups=_talkgroups(bases),
        units=tuple(unit for unit, _, _ in made),
        radios=tuple(radio for _, radio, _ in made),
        officers=tuple(officer for _, _, officers in made for officer in officers),
    )


def _counts(units: int) -> list[int]:
    """Split by shares; each agency has at least one unit, the first takes the rounding."""
    others = [max(1, round(units * plan.share / 24)) for plan in _PLANS[1:]]
    return [units - sum(others), *others]


def _spread(bases: list[DemoBase]) -> Iterator[DemoBase]:
    """The bases of the agency's units, one by one: in turns, more often where the share is more."""
    credit = dict.fromkeys(range(len(bases)), 0)
    while credit:
        for index in credit:
            credit[index] += bases[index].share
        chosen = max(credit, key=lambda index: (credit[index], -index))
        credit[chosen] -= sum(bases[index].share for index in credit)
        yield bases[chosen]
        if bases[chosen].kind in _ONE_UNIT:
            del credit[chosen]


def _talkgroups(bases: Sequence[DemoBase]) -> tuple[DemoTalkgroup, ...]:
    """The agency's groups in each of its numbering networks."""
    networks = {(base.agency, radio_network(base)): base for base in reversed(bases)}
    found: list[DemoTalkgroup] = []
    for agency in AGENCIES:
        of_agency = [(key, base) for key, base in networks.items() if key[0] == agency.code]
        for place, ((_, network), base) in enumerate(reversed(of_agency)):
            suffix = f" ({base.kind.capitalize()})" if place else ""
            found += [
                DemoTalkgroup(TalkgroupId(network, number), name + suffix, agency.code)
                for number, name in agency.talkgroups
            ]
    return tuple(found)


def _unit(
    plan: _Plan, index: int, kind: PatrolKind, crew: tuple[str, ...], base: DemoBase
) -> tuple[DemoUnit, DemoRadio, tuple[DemoOfficer, ...]]:
    code = plan.agency.code
    sign = f"{code}-{plan.first_sign + index}"
    network = radio_network(base)
    first = plan.first_short if base.kind in _SHORT_NUMBERS else plan.first_radio
    number = RadioId(network, first + index)
    talkgroup = TalkgroupId(network, plan.agency.talkgroups[0][0])
    unit = DemoUnit(sign, kind, code, talkgroup, crew, number)
    radio = DemoRadio(
        id=number,
        alias=f"{sign} {crew[0].rpartition(' ')[2]}",
        model=_MODELS[base.kind][kind in _VEHICLES],
        unit=sign,
        agency=code,
        base=base.name,
    )
    return unit, radio, tuple(DemoOfficer(name, code, sign) for name in crew)
