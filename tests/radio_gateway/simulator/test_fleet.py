"""The demo fleet: as many units as asked for, every radio with one base, nothing twice."""

from collections import Counter

import pytest

from radio_gateway.simulator.fleet import BaseKind, DemoBase, build_fleet
from radio_gateway.simulator.names import CYRILLIC


def test_24_units_are_split_over_three_agencies() -> None:
    fleet = build_fleet(24, seed=7)
    assert Counter(unit.agency for unit in fleet.units) == {"LP": 12, "PL": 5, "KL": 7}
    signs = [unit.call_sign for unit in fleet.units]
    assert (signs[0], signs[11], signs[12], signs[-1]) == ("LP-101", "LP-112", "PL-21", "KL-47")
    assert len({unit.kind for unit in fleet.units}) == 10


@pytest.mark.parametrize("units", [3, 4, 24, 200, 2000])
def test_every_size_is_consistent(units: int) -> None:
    fleet = build_fleet(units, seed=1)
    assert len(fleet.units) == len(fleet.radios) == units
    assert len({unit.call_sign for unit in fleet.units}) == units
    assert len({radio.id for radio in fleet.radios}) == units
    bases = {base.name: base for base in fleet.bases}
    talkgroups = {group.id for group in fleet.talkgroups}
    for unit, radio in zip(fleet.units, fleet.radios, strict=True):
        assert (unit.radio, unit.call_sign, unit.agency) == (radio.id, radio.unit, radio.agency)
        assert unit.talkgroup in talkgroups
        assert unit.talkgroup.network == radio.id.network
        base = bases[radio.base]
        assert base.agency == unit.agency
        networks = {"LP": "liepaja", "PL": "palanga", "KL": "klaipeda"}
        nxdn = base.kind is BaseKind.KENWOOD
        assert radio.id.network == networks[base.agency] + ("/nxdn" if nxdn else "")
        assert not nxdn or radio.id.number <= 65519
        assert base.kind is not BaseKind.TAIT or radio.id.number <= 9999
        assert len(radio.alias) <= 31
        assert unit.officers == tuple(o.name for o in fleet.officers if o.unit == unit.call_sign)


def test_no_officer_is_named_twice_in_a_fleet_of_24() -> None:
    names = [officer.name for officer in build_fleet(24, seed=7).officers]
    assert len(names) == len(set(names))
    assert CYRILLIC in names


def test_the_seed_decides_the_names() -> None:
    assert build_fleet(24, seed=7) == build_fleet(24, seed=7)
    assert build_fleet(24, seed=7).officers != build_fleet(24, seed=8).officers


@pytest.mark.parametrize("units", [0, 2, 2001])
def test_a_fleet_that_cannot_be_is_refused(units: int) -> None:
    with pytest.raises(ValueError, match=r"3\.\.2000"):
        build_fleet(units, seed=1)


def test_units_are_spread_over_the_bases_of_their_agency_by_share() -> None:
    fleet = build_fleet(24, seed=7)
    of_base = Counter(radio.base for radio in fleet.radios)
    assert of_base == {base.name: base.share for base in fleet.bases}
    assert [radio.base for radio in build_fleet(3, seed=7).radios] == [
        *("liepaja-hytera", "palanga-hytera", "klaipeda-kenwood")
    ]


def test_a_receiver_in_a_vehicle_is_one_unit() -> None:
    bases = [
        DemoBase("car", BaseKind.NMEA, "LP"),
        DemoBase("mast", BaseKind.HYTERA, "LP"),
        DemoBase("boat", BaseKind.NMEA, "KL"),
    ]
    fleet = build_fleet(24, 7, bases)
    assert Counter(radio.base for radio in fleet.radios) == {"car": 1, "mast": 11, "boat": 1}
    assert {unit.agency for unit in fleet.units} == {"LP", "KL"}


def test_a_talkgroup_has_a_name_of_its_own_in_each_network() -> None:
    groups = build_fleet(24, seed=7).talkgroups
    assert len({group.id for group in groups}) == len({group.name for group in groups}) == 9
