"""What gateways say of themselves: links known over restarts, down while their gateway is away."""

from datetime import timedelta

from dispatch.links.catalogue import LinkCatalogue, LinkTraits, dump_traits, load_traits
from dispatch.links.consumer import on_report
from dispatch.links.service import known_links, links
from dispatch.live.hub import Passing
from dispatch.live.scope import EVERYTHING
from dispatch.messages import service as messages
from dispatch.messages.addressee import choose
from dispatch.messages.schemas import NewMessage
from dispatch.radio_side.passing import dump_values, load_values
from radio_gateway.domain.events import LinkChanged, LinkHealth, LinkState
from radio_gateway.domain.ports import Ability
from radio_gateway.domain.report import GatewayReport, LinkReport
from tests.dispatch.world import LINK, START, World, moment

TRAITS = LinkTraits(
    "hytera", "Hytera", "liepaja", frozenset({Ability.CALLS, Ability.TEXT_TO_RADIO}), 100
)


def report(*, online: bool) -> GatewayReport:
    """Of the gateway that the world's events come from; a last will knows of no links."""
    link = LinkReport(
        name=LINK,
        kind=TRAITS.kind,
        title=TRAITS.title,
        network=TRAITS.network,
        site=None,
        abilities=tuple(TRAITS.abilities),
        text_limit=TRAITS.text_limit,
        open=True,
        reason="listening",
    )
    return GatewayReport("gw", START, START, "1", online=online, links=(link,) if online else ())


async def tell(world: World, *, online: bool) -> None:
    async with world.database.write() as session:
        await on_report(session, world.shared, report(online=online))


async def shown(world: World) -> tuple[str, str]:
    async with world.database.read() as session:
        (link,) = [one for one in await links(session, world.shared) if one.name == LINK]
    return link.state, link.reason


async def test_what_a_site_asks_for_is_kept_until_it_says_otherwise(world: World) -> None:
    async def asks(second: int, options: str | None) -> str | None:
        health = LinkHealth(
            link=LINK, at=moment(second), state=LinkState.UP, since=START, options=options
        )
        await world.hear(health)
        async with world.database.read() as session:
            (link,) = [one for one in await links(session, world.shared) if one.name == LINK]
        return link.options

    assert await asks(5, None) is None
    assert await asks(10, "TS1=1,2;TS2=9") == "TS1=1,2;TS2=9"
    assert await asks(15, "9" * 400) == "9" * 300
    assert await asks(20, None) is None


async def test_links_of_a_gateway_that_is_away_are_down_and_texts_wait(world: World) -> None:
    await world.hear(LinkChanged(link=LINK, at=moment(), state=LinkState.UP, reason="listening"))
    await tell(world, online=True)
    assert await shown(world) == ("up", "listening")

    world.clock.forward(60)
    await tell(world, online=False)
    assert await shown(world) == ("down", "gateway gw is away")
    told = world.told("link.changed")[-1]["data"]
    assert (told["state"], told["reason"]) == ("down", "gateway gw is away")

    async with world.database.write() as session:
        to = await choose(session, world.shared, NewMessage(radio_id=1, text="x"), EVERYTHING)
        until = world.clock() + timedelta(hours=1)
        view, _ = await messages.send(session, world.shared, to, "x", until, "anna")
    assert view.waiting_for == "link"
    assert world.commands() == []

    await tell(world, online=True)
    assert await shown(world) == ("up", "listening")
    assert [type(one).__name__ for one in world.commands()] == ["SendText"]


async def test_a_report_that_says_nothing_new_is_no_event(world: World) -> None:
    await world.hear(LinkChanged(link=LINK, at=moment(), state=LinkState.UP, reason="listening"))
    await tell(world, online=True)
    before = len(world.told())
    await tell(world, online=True)
    assert len(world.told()) == before


async def test_links_are_known_after_a_restart_also_of_a_gateway_that_went(world: World) -> None:
    await tell(world, online=True)
    await tell(world, online=False)
    async with world.database.read() as session:
        assert await known_links(session) == {"gw": {LINK: TRAITS}}


def test_traits_are_kept_whole_and_an_ability_of_a_newer_program_is_left_out() -> None:
    written = dump_traits({LINK: TRAITS})
    assert load_traits(written) == {LINK: TRAITS}
    assert load_traits(written.replace('"calls"', '"telepathy", "calls"')) == {LINK: TRAITS}


def test_a_gateway_takes_back_only_its_own_links() -> None:
    catalogue = LinkCatalogue()
    assert catalogue.replace("one", {"rimi": TRAITS})
    assert catalogue.replace("two", {"maxima": TRAITS})
    assert not catalogue.replace("two", {"maxima": TRAITS})
    assert catalogue.replace("one", {})
    assert set(catalogue) == {"maxima"}


def test_passing_values_come_over_octet_for_octet() -> None:
    values = [
        Passing("positions", 17, 3, '{"text": "a b\\n \u0161", "x":1}'.encode()),
        Passing("links", 2, None, b"{}"),
    ]
    assert list(load_values(dump_values(values))) == values
