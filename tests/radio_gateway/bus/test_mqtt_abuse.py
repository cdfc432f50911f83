"""The shipped broker configuration: who may come, who may say and read what."""

import asyncio
import gc
import logging
import ssl
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import aiomqtt
import pytest

from radio_gateway.bus import topics
from radio_gateway.bus.broker import Broker
from radio_gateway.bus.mqtt_dispatch import DispatchMqttBus
from radio_gateway.bus.mqtt_gateway import gateway_bus
from radio_gateway.config_mqtt import mqtt_settings
from radio_gateway.domain.wire import dump_event
from tests.fakes.broker import Mosquitto, program
from tests.radio_gateway.bus import certificates
from tests.radio_gateway.bus.world import (
    PATIENCE_S,
    check,
    dispatch_at,
    emergency,
    first,
    gateway_at,
    impatient,
    now,
    numbers,
    report,
    status,
    stranger,
)
from tests.radio_gateway.support import eventually

SHIPPED = Path(__file__).parents[3] / "docs/examples/mosquitto"
USERS = ("dispatch", "coast", "port")


@pytest.fixture(scope="module")
def shipped() -> Iterator[Mosquitto]:
    """A broker with the configuration of the documentation, but for port and directories."""
    text = (SHIPPED / "sardze.conf").read_text()
    for old, new in (
        ("listener 8883", "listener {port} 127.0.0.1"),
        ("/etc/mosquitto/sardze/", "{folder}/"),
        ("/var/lib/mosquitto/", "{folder}/store/"),
    ):
        assert old in text
        text = text.replace(old, new)
    with TemporaryDirectory(prefix="sardze-mqtt-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        broker = Mosquitto(folder, text)
        certificates.make(folder)
        (folder / "acl").write_bytes((SHIPPED / "acl").read_bytes())
        (folder / "passwords").touch()
        for user in USERS:
            file = str(folder / "passwords")
            command = [program("mosquitto_passwd"), "-b", file, user, f"{user}-pw"]
            subprocess.run(command, check=True, capture_output=True)
        broker.start()
        try:
            yield broker
        finally:
            broker.kill()


def login(shipped: Mosquitto, user: str) -> Broker:
    """As an administrator writes it into a configuration."""
    (shipped.folder / f"{user}.secret").write_text(f"{user}-pw\n")
    table = {
        "host": "localhost",
        "port": shipped.port,
        "username": user,
        "password_file": f"{user}.secret",
        "tls": {"ca_file": "ca.pem"},
    }
    source = shipped.folder / "gateway.toml"
    return mqtt_settings(table, source).broker(source)


def tls(shipped: Mosquitto) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=shipped.folder / "ca.pem")


@asynccontextmanager
async def raw(shipped: Mosquitto, user: str, **more: object) -> AsyncIterator[aiomqtt.Client]:
    """A client that has a user's password, but none of our code."""
    context = tls(shipped)
    context.check_hostname = False  # it connects by address
    async with stranger(
        shipped, username=user, password=f"{user}-pw", tls_context=context, **more
    ) as client:
        yield client


async def marked(dispatch: DispatchMqttBus, shipped: Mosquitto, key: str) -> list[str]:
    """What dispatch has heard until an honest event of gateway `port` came through."""
    async with gateway_at(login(shipped, "port"), "port") as honest:
        await honest.publish([status(int(key), "port")])
        return await numbers(dispatch.events(), key)


async def test_all_of_it_works_with_tls_and_passwords(shipped: Mosquitto) -> None:
    async with (
        dispatch_at(login(shipped, "dispatch")) as dispatch,
        gateway_at(login(shipped, "coast")) as gateway,
    ):
        await first(dispatch.reports())
        await gateway.publish([status(1)])
        assert await numbers(dispatch.events(), "1") == ["1"]
        await dispatch.send(check("all", "*"))
        assert (await first(gateway.commands("coast"))).command.command == "all"


async def test_nobody_comes_in_without_a_name_or_with_a_wrong_password(
    shipped: Mosquitto,
) -> None:
    context = tls(shipped)
    context.check_hostname = False
    for name in ({}, {"username": "coast", "password": "guess"}, {"username": "eve"}):
        with pytest.raises(aiomqtt.MqttError, match="Not authorized"):
            async with stranger(shipped, tls_context=context, **name):
                pass
    with pytest.raises(aiomqtt.MqttError):
        async with stranger(shipped, username="coast", password="coast-pw", timeout=3):
            pass  # unencrypted


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
async def test_an_unknown_authority_is_not_believed(shipped: Mosquitto, tmp_path: Path) -> None:
    certificates.make(tmp_path)
    table = {"host": "localhost", "port": shipped.port, "tls": {"ca_file": "ca.pem"}}
    broker = mqtt_settings(table, tmp_path / "x.toml").broker(tmp_path / "x.toml")
    async with gateway_bus(broker, report(), now, backoff=impatient()) as bus:
        async with asyncio.timeout(PATIENCE_S):
            async for contact in bus.contacts():
                assert not contact.connected
                if "certificate verify failed" in contact.reason:
                    break
    gc.collect()  # the library leaves the socket of a failed handshake to the collector


async def test_one_gateway_cannot_speak_for_another(
    shipped: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    forged = b"[" + dump_event(status(666)) + b"]"
    async with dispatch_at(login(shipped, "dispatch")) as dispatch:
        async with raw(shipped, "port") as eve:
            await eve.publish(topics.event("coast", "status_received"), forged, 1)
            await eve.publish(topics.status("coast"), b"{}", 1)
            # in its own topic the name within must be its own, too
            await eve.publish(topics.event("port", "status_received"), forged, 1)
        assert await marked(dispatch, shipped, "1") == ["1"]
        assert "coast" not in dispatch.gateways or dispatch.gateways["coast"].version == "1"
        assert dispatch.faults["wrong topic"] == 1
    with caplog.at_level(logging.WARNING):
        async with gateway_bus(
            login(shipped, "port"), report("coast"), now, backoff=impatient()
        ) as bus:  # a mistake of the administrator: the user is not called as the gateway
            await eventually(lambda: bus.faults.get("refused by the broker"))
    assert "its access list must let sardze-gw-coast publish" in caplog.text


async def test_one_gateway_cannot_read_what_is_for_another(shipped: Mosquitto) -> None:
    async with (
        dispatch_at(login(shipped, "dispatch")) as dispatch,
        gateway_at(login(shipped, "coast")) as coast,
        raw(shipped, "port") as eve,
    ):
        for wish in ("#", "sardze/v1/coast/command/+", "sardze/v1/+/event/+", "sardze/v1/port/#"):
            await eve.subscribe(wish, 1)
        await dispatch.send(check("secret", "coast"))
        await coast.publish([status(1)])
        await first(coast.commands("coast"))
        await dispatch.send(check("for port", "port"))
        message = await first(eve.messages)
        assert message.topic.value == topics.command("port", "radio_check")


async def test_a_retained_alarm_of_the_past_is_not_raised_again(shipped: Mosquitto) -> None:
    old = b"[" + dump_event(emergency(5, "port")) + b"]"
    topic = topics.event("port", "emergency_raised")
    async with (
        dispatch_at(login(shipped, "dispatch")) as dispatch,
        raw(shipped, "port") as eve,
    ):
        await eve.publish(topic, old, 1, retain=True)
        assert await numbers(dispatch.events(), "5") == ["5"]  # once, when it is news
    try:
        async with raw(shipped, "dispatch") as reader:  # the broker does hold it
            await reader.subscribe(topics.EVENTS, 1)
            assert (await first(reader.messages)).retain
        async with dispatch_at(login(shipped, "dispatch")) as dispatch:
            assert await marked(dispatch, shipped, "2") == ["2"]
    finally:
        async with raw(shipped, "port") as eve:
            await eve.publish(topic, b"", 1, retain=True)


async def test_what_is_too_large_or_no_json_ends_no_link(shipped: Mosquitto) -> None:
    topic = topics.event("port", "status_received")
    async with dispatch_at(login(shipped, "dispatch")) as dispatch:
        await marked(dispatch, shipped, "3")
        before = Counter(dispatch.faults)
        for size in (1_000_000, 65_537):
            async with raw(shipped, "port") as eve:
                await eve.publish(topic, b" " * size, 0)
        async with raw(shipped, "port") as eve:
            for junk in (b"", b"{", b"[[]]", b"[" * 65_536, b"[NaN]", b"\xff\xfe"):
                await eve.publish(topic, junk, 1)
            newer = dump_event(status(7, "port")).replace(b"status_received", b"mood_felt")
            await eve.publish(topics.event("port", "mood_felt"), b"[" + newer + b"]", 1)
        assert await marked(dispatch, shipped, "4") == ["4"]
        assert Counter(dispatch.faults) - before == {"unreadable": 6, "unknown kind": 1}
        assert dispatch.contact.connected
