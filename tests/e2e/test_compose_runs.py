"""The commands of the compose file, run as processes, lead to a sign-in."""

import asyncio
import re
from pathlib import Path

import httpx

from tests.e2e.centre import PASSPHRASE, centre
from tests.e2e.composed import compose
from tests.fakes.mmdvm_host import MmdvmHost
from tests.faults.waiting import eventually, eventually_async

REPEATER = 2471001
"Of docs/examples/gateway.toml."


async def test_its_services_work_together_to_a_sign_in(tmp_path: Path) -> None:
    async with centre(compose(), tmp_path) as running:
        told = await eventually(
            lambda: re.search(r"#token=([\w-]+)", "".join(one.printed for one in running.consoles)),
            "a first way in",
        )
        assert told is not None
        first, second = (one.address for one in running.consoles)
        async with httpx.AsyncClient(timeout=10) as client:
            answer = await client.post(
                f"{first}/api/session", json={"token": told[1]}, headers={"Origin": first}
            )
            assert answer.status_code == 200, answer.text
            repeater = MmdvmHost(("127.0.0.1", running.radio_port), REPEATER, PASSPHRASE.encode())
            await eventually(lambda: "connected" in running.gateway.printed, "the broker", 30)
            await asyncio.to_thread(repeater.log_in)
            try:
                for address in (first, second):
                    assert (await client.get(f"{address}/api/session")).status_code == 200
                    assert "<html" in (await client.get(f"{address}/")).text

                    async def shown(address: str = address) -> bool:
                        links = (await client.get(f"{address}/api/links")).json()
                        return "Liepāja" in str(links) and "'up'" in str(links)

                    await eventually_async(shown, f"the repeater at {address}", 30)
            finally:
                repeater.close()
