"""The files that a demo writes for itself are read by the parts they are for."""

from pathlib import Path

import pytest

from dispatch.config import load_settings
from dispatch.demo.plan import DemoPlan, write_files
from radio_gateway.adapters.kinds.homebrew import HomebrewSettings
from radio_gateway.adapters.kinds.kenwood import KenwoodSettings
from radio_gateway.adapters.kinds.tait import TaitSettings
from radio_gateway.config import GatewaySettings
from radio_gateway.domain.ids import TalkgroupId
from radio_gateway.simulator.config import load_config

MIXED = {"hytera", "homebrew", "kenwood", "mmdvm-modem", "mototrbo", "mototrbo-ipsc", "tait"}


@pytest.fixture
def plan(tmp_path: Path) -> DemoPlan:
    made = DemoPlan(24, 1.0, 7, 8480, emergencies=True, keep=False, directory=tmp_path)
    write_files(made)
    return made


def gateway_of(plan: DemoPlan) -> GatewaySettings:
    gateway = load_settings(plan.config, {}).gateway
    assert gateway is not None
    return gateway


@pytest.mark.parametrize(
    ("kind", "talkgroup"),
    [
        (KenwoodSettings, TalkgroupId("klaipeda/nxdn", 301)),
        (TaitSettings, TalkgroupId("klaipeda", 301)),
    ],
)
def test_calls_without_a_talkgroup_have_one_of_the_fleet(
    plan: DemoPlan, kind: type[KenwoodSettings | TaitSettings], talkgroup: TalkgroupId
) -> None:
    (link,) = [one.settings for one in gateway_of(plan).links if isinstance(one.settings, kind)]
    assert link.talkgroup == talkgroup.number
    fleet = plan.fleet()
    speakers = [one.id for one in fleet.radios if one.base == link.name]
    assert {radio.network for radio in speakers} == {talkgroup.network}
    assert talkgroup in {group.id for group in fleet.talkgroups}


def test_the_fleet_is_mixed_and_both_files_name_the_same_bases(plan: DemoPlan) -> None:
    links = {one.settings.name: one.settings.kind for one in gateway_of(plan).links}
    bases = {base.name: base.plan.kind.value for base in load_config(plan.network).bases}
    assert links == bases
    assert set(links.values()) == MIXED


def test_both_homebrew_repeaters_may_log_in(plan: DemoPlan) -> None:
    (link,) = [
        one.settings for one in gateway_of(plan).links if isinstance(one.settings, HomebrewSettings)
    ]
    (base,) = [one for one in load_config(plan.network).bases if one.name == link.name]
    simulated = {base.settings.repeater_id: base.settings.passphrase, **base.settings.neighbours}
    assert len(simulated) == 2
    assert simulated == {one.id: one.secret for one in link.repeater}


def test_patrols_are_on_the_base_that_the_database_says(plan: DemoPlan) -> None:
    """The simulator builds its fleet from its own file; the database is filled from the plan."""
    config = load_config(plan.network)
    assert [base.plan.share for base in config.bases] == [base.share for base in plan.fleet().bases]
    assert all(any(r.base == base.name for r in plan.fleet().radios) for base in config.bases)


def test_only_their_owner_may_read_the_files(plan: DemoPlan) -> None:
    for path in (plan.config, plan.network):
        assert path.stat().st_mode & 0o077 == 0
