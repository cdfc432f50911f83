"""Consoles that were away, that race, and that are stuck."""

import asyncio
import contextlib
import random
import time

import httpx
import orjson
import pytest
from websockets.asyncio.client import connect

from tests.fakes.impairment import Mode, tcp_proxy
from tests.faults.console import Console, console
from tests.faults.desk import Dispatcher
from tests.faults.ledger import Class, Ledger, read, settled
from tests.faults.load import TEXTING, Load, Pace
from tests.faults.outcome import allowed, scenario
from tests.faults.program import ending
from tests.faults.repeater import repeater
from tests.faults.town import Town, signed_in
from tests.faults.waiting import eventually, lasting

BACK_S = 3.0
"A console that is back shows every alarm within this time."
SHOWN_S = 1.0
"From the key to the console."


@pytest.mark.parametrize(
    ("absences", "alarms", "away_s", "name"),
    [
        (1, 5, 0.5, "console-away"),
        pytest.param(1, 50, 600, "console-away-10-min", marks=pytest.mark.soak),
        pytest.param(100, 50, 1, "console-away-100", marks=pytest.mark.soak),
    ],
)
async def test_a_console_comes_back(
    town: Town, absences: int, alarms: int, away_s: float, name: str
) -> None:
    program, ledger = town.all_in_one(), Ledger()
    what = f"a console whose line is silent for {away_s:g} s, {alarms} alarms meanwhile"
    with scenario(name, what, "all alarms <= 3 s after return, none twice") as found:
        async with ending(program):
            await program.started()
            load = Load(ledger)
            async with (
                signed_in(town, "anna") as client,
                repeater(town.ports) as line,
                tcp_proxy(town.port) as wire,
                console(client, f"http://127.0.0.1:{wire.port}") as away,
                console(client) as present,
            ):
                longest = 0.0
                for _ in range(absences):
                    wire.become(Mode.STALL)
                    for _ in range(alarms):
                        await load.alarm(line)
                        await lasting(away_s / alarms)
                    # the line was dead: what it held is gone, as behind a tunnel or a lid
                    wire.become(Mode.CUT)
                    await lasting(0)
                    wire.become(Mode.FORWARD)
                    back = time.monotonic()
                    await eventually(
                        lambda: len(away.raised) == ledger.count(Class.EMERGENCY), "all alarms", 30
                    )
                    longest = max(longest, time.monotonic() - back)
                    found.count += 1
                await eventually(lambda: present.seq == away.seq, "both at the same event")
                for one in (away, present):
                    found.faults += one.faults
                    twice = [key for key, times in one.raised.items() if times > 1]
                    found.expect(not twice, f"raised twice: {twice}")
            found.settle(ledger, await settled(town.database_url, ledger))
        found.figures["longest_return_s"] = round(longest, 2)
        found.expect(
            longest <= allowed(BACK_S, full=away_s > 0.5),
            f"{longest:.1f} s until all alarms were shown",
        )


@pytest.mark.parametrize("races", [6, pytest.param(1000, marks=pytest.mark.soak)])
async def test_one_dispatcher_wins_each_alarm(town: Town, races: int) -> None:
    program, ledger, chance = town.all_in_one(), Ledger(), random.Random(11)
    with scenario(
        "races", "2 to 8 dispatchers take the same alarm at once", "exactly one wins each"
    ) as found:
        async with ending(program), contextlib.AsyncExitStack() as stack:
            await program.started()
            load = Load(ledger)
            people = [await stack.enter_async_context(signed_in(town, f"d{n}")) for n in range(8)]
            line = await stack.enter_async_context(repeater(town.ports))
            screens = [await stack.enter_async_context(console(one)) for one in people[:2]]
            winners: dict[int, str] = {}
            for number in range(1, races + 1):
                await load.alarm(line)
                await eventually(lambda n=number: len(screens[0].raised) == n, "the alarm")  # type: ignore[misc]
                alarm = max(screens[0].raised)
                rivals = chance.sample(range(8), chance.randint(2, 8))
                answers = await asyncio.gather(
                    *(_take_charge(people[one], alarm, number) for one in rivals)
                )
                won = [f"d{one}" for one, code in zip(rivals, answers, strict=True) if code == 200]
                found.expect(len(won) == 1, f"alarm {alarm} was won by {won or 'nobody'}")
                others = {code for code in answers if code != 200}
                found.expect(others <= {409}, f"alarm {alarm}: losers got {others}")
                winners[alarm] = won[0] if won else ""
                ledger.note(Class.STEP, alarm)
                found.count += 1
            for screen in screens:
                await eventually(
                    lambda screen=screen: _shown(screen) == winners,  # type: ignore[misc]
                    "both consoles agree on who has taken charge",
                )
                found.faults += screen.faults
            found.settle(ledger, await settled(town.database_url, ledger))


def _shown(screen: Console) -> dict[int, str | None]:
    return {key: by for key, (state, by) in screen.states.items() if state == "acknowledged"}


async def _take_charge(client: httpx.AsyncClient, alarm: int, race: int) -> int:
    name = client.cookies["sardze_session"][:12]
    headers = {"Idempotency-Key": f"race-{race:06}-{name}"}
    path = f"/api/emergencies/{alarm}/acknowledge"
    return (await client.post(path, json={}, headers=headers)).status_code


@pytest.mark.parametrize("orders", [5, pytest.param(500, marks=pytest.mark.soak)])
async def test_an_order_whose_answer_is_lost_has_one_effect(town: Town, orders: int) -> None:
    program, ledger = town.all_in_one(), Ledger()
    what = "the answer to a POST is cut off after the commit; the console sends it again"
    with scenario("answer-cut", what, "one effect each") as found:
        async with ending(program):
            await program.started()
            async with (
                signed_in(town, "anna") as client,
                repeater(town.ports) as line,
                tcp_proxy(town.port) as wire,
            ):
                await line.register(TEXTING)
                radio_id = await Dispatcher(client, ledger).find_radio(TEXTING)
                address = f"http://127.0.0.1:{wire.port}"
                headers = {"Origin": address}
                async with httpx.AsyncClient(
                    base_url=address, cookies=client.cookies, headers=headers, timeout=10
                ) as far:
                    for number in range(1, orders + 1):
                        body = {"radio_id": radio_id, "text": f"order {number}"}
                        key = {"Idempotency-Key": f"order-{number:08}"}
                        wire.become(Mode.UNANSWERED)
                        with contextlib.suppress(httpx.TransportError):
                            cut = await far.post("/api/messages", json=body, headers=key)
                            found.faults.append(f"answered in spite of the cut: {cut.status_code}")
                        wire.become(Mode.FORWARD)
                        answer = await far.post("/api/messages", json=body, headers=key)
                        found.expect(answer.status_code in (200, 201), f"again: {answer.text}")
                        ledger.note(Class.ORDER, f"order {number}")
                        found.count += 1
                found.expect(wire.cuts == orders, f"{wire.cuts} of {orders} answers were cut")
            found.settle(ledger, await read(town.database_url))


@pytest.mark.parametrize("seconds", [2.0, pytest.param(60.0, marks=pytest.mark.soak)])
async def test_a_stuck_console_holds_up_nobody(town: Town, seconds: float) -> None:
    program, ledger = town.all_in_one(), Ledger()
    pressed: dict[int, float] = {}
    what = "a console that never reads, beside one that does"
    with scenario("console-stuck", what, "the other shows alarms within 1 s") as found:
        async with ending(program):
            await program.started()
            load = Load(ledger, Pace(text=0.01, call=0.01, emergency=0.1, position=0.005))
            load.on_alarm = lambda place: pressed.update({place: time.monotonic()})
            async with (
                signed_in(town, "anna") as client,
                repeater(town.ports) as line,
                _stuck(client, town),
                console(client) as healthy,
                load.running(line) as tasks,
            ):
                await lasting(seconds, *tasks)
                tried = dict(pressed)
                await eventually(lambda: tried.keys() <= healthy.alarms.keys(), "every alarm")
                waits = sorted(healthy.alarms[place] - at for place, at in tried.items())
                found.faults += healthy.faults
                found.figures |= {"alarms": len(waits), "longest_s": round(waits[-1], 2)}
                found.expect(
                    waits[-1] <= allowed(SHOWN_S, full=seconds > 2),
                    f"an alarm took {waits[-1]:.2f} s",
                )
            found.count = 1
            found.settle(ledger, await settled(town.database_url, ledger))


@contextlib.asynccontextmanager
async def _stuck(client: httpx.AsyncClient, town: Town):  # type: ignore[no-untyped-def]  # noqa: ANN202
    """Says hello and reads nothing more."""
    cookie = f"sardze_session={client.cookies['sardze_session']}"
    async with connect(
        f"ws://127.0.0.1:{town.port}/api/live",
        origin=town.address,  # type: ignore[arg-type]  # a NewType
        additional_headers={"Cookie": cookie},
        max_queue=1,
        close_timeout=0.2,
        ping_interval=None,
    ) as socket:
        await socket.send(orjson.dumps({"resume": {"epoch": "", "after": 0}}).decode())
        yield
        socket.transport.abort()
