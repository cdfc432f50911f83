"""The files that a demo writes for itself are read by the parts they are for."""

from pathlib import Path

from dispatch.config import load_settings
from dispatch.demo.plan import DemoPlan, write_files
from radio_gateway.adapters.kinds.kenwood import KenwoodSettings
from radio_gateway.domain.ids import TalkgroupId


def test_calls_on_the_kenwood_base_have_a_talkgroup_of_the_fleet(tmp_path: Path) -> None:
    plan = DemoPlan(24, 1.0, 7, 8480, emergencies=True, keep=False, directory=tmp_path)
    write_files(plan)
    gateway = load_settings(plan.config, {}).gateway
    assert gateway is not None
    (link,) = [one.settings for one in gateway.links if isinstance(one.settings, KenwoodSettings)]
    assert link.talkgroup == 301
    fleet = plan.fleet()
    speakers = [one.id for one in fleet.radios if one.base == link.name]
    assert {TalkgroupId(one.network, link.talkgroup) for one in speakers} <= {
        one.id for one in fleet.talkgroups
    }
    assert speakers
