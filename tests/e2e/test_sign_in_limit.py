"""The limit of wrong sign-ins holds for all server processes of one database together."""

import asyncio
from contextlib import ExitStack
from pathlib import Path

import httpx

from tests.dispatch.postgres import create_database, running_server
from tests.e2e.shared_system import Site
from tests.e2e.system import signed_in, until
from tests.fakes.broker import running_broker

PASSWORD = "correct horse battery"


def attempt(address: str, password: str, source: str = "127.0.0.1") -> int:
    """One attempt to sign in from an address of this machine; the status of the answer."""
    transport = httpx.HTTPTransport(local_address=source)
    with httpx.Client(transport=transport, headers={"Origin": address}, timeout=30) as client:
        body = {"name": "administrator", "password": password}
        return client.post(f"{address}/api/session", json=body).status_code


def test_guesses_at_two_servers_share_one_limit_and_a_restart_does_not_lift_it(
    tmp_path: Path,
) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(running_server())
        url = asyncio.run(create_database(server, "town"))
        site = Site(tmp_path, url, stack.enter_context(running_broker()))
        a = stack.enter_context(site.server("a"))
        until(lambda: "#token=" in a.printed, "a way in", 60)
        token, first = a.sign_in_token(), a.address()
        with ExitStack() as life:
            b = life.enter_context(site.server("b"))
            second = b.address()
            client = stack.enter_context(signed_in(first, token))
            answer = client.put("/api/session/password", json={"password": PASSWORD})
            assert answer.status_code == 204
            assert client.get("/api/session").json()["user"]["name"] == "administrator"

            answers = [attempt((first, second)[n % 2], f"guess {n}") for n in range(5)]
            assert answers == [401] * 5
            assert attempt(first, PASSWORD) == attempt(second, PASSWORD) == 429

            # the true administrator at another desk
            assert attempt(first, PASSWORD, "127.0.0.2") == 200
            assert attempt(second, PASSWORD, "127.0.0.3") == 200
            # and who is in stays in
            assert client.get("/api/session").status_code == 200
        again = stack.enter_context(site.server("b"))
        assert attempt(again.address(), PASSWORD) == 429
