"""The compose file of the documentation: what it names exists and fits together."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer.main
from sqlalchemy import make_url

from dispatch.cli.main import app
from dispatch.config import Settings, load_settings
from tests.e2e.composed import FOLDER, OURS, ROOT, SECRETS, commands, compose, dockerfile, mounts

CONFIG = "/etc/sardze/sardze.toml"
IMAGE_VARIABLES = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD_FILE"}
"Of the documentation of the official PostgreSQL image."
LIBPQ_VARIABLES = {"PGPASSFILE"}


@pytest.fixture(scope="module")
def file() -> dict[str, Any]:
    return compose()


def settings(file: dict[str, Any], service: str, folder: Path) -> Settings:
    """What a console reads, by our own loader, with secrets of any content."""
    secret = folder / "secret"
    secret.write_text("secret\n")
    secret.chmod(0o600)
    text = (FOLDER / "sardze.toml").read_text(encoding="utf-8")
    for _, target in mounts(file, service):
        text = text.replace(f'"{target}"', f'"{secret}"')
    (folder / "sardze.toml").write_text(text, encoding="utf-8")
    environment = file["services"][service].get("environment", {})
    return load_settings(folder / "sardze.toml", environment)


def test_every_file_that_it_mounts_is_there_or_asked_for(file: dict[str, Any]) -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    for service in file["services"]:
        for source, _ in mounts(file, service):
            name = source.removeprefix("./")
            if name.startswith(SECRETS):
                assert f"`{name}`" in page or f"`{Path(name).name}`" in page, name
            else:
                assert (FOLDER / source).is_file(), f"{service}: {source}"


def test_every_command_is_one_of_ours_with_options_that_it_has(file: dict[str, Any]) -> None:
    ours = [own["command"] for own in file["services"].values() if "build" in own]
    ours += [
        re.findall(r'"([^"]*)"', " ".join(words)) for words in dockerfile() if words[0] == "CMD"
    ]
    assert len(ours) == len(OURS) + 1
    for name, *words in ours:
        assert name == "dispatch"
        assert name in commands()
        group = typer.main.get_command(app)
        outer = group.make_context(name, list(words))
        found = group.get_command(outer, words[0])  # type: ignore[attr-defined]  # a group
        assert found is not None, words
        inner = found.make_context(words[0], list(words[1:]), parent=outer)
        assert str(inner.params["config"]) == CONFIG


@pytest.mark.parametrize("service", OURS)
def test_its_configuration_loads_and_names_only_what_is_mounted(
    file: dict[str, Any], service: str, tmp_path: Path
) -> None:
    found = settings(file, service, tmp_path)
    targets = {target for _, target in mounts(file, service)}
    assert CONFIG in targets
    assert found.mqtt is not None
    assert found.mqtt.tls is not None
    assert f"/etc/sardze/{found.mqtt.tls.ca_file}" in targets
    # a directory that the image makes for the user that it runs as
    assert any(f"--home {found.dispatch.data_dir} " in " ".join(words) for words in dockerfile())
    variables = set(file["services"][service]["environment"])
    assert variables <= LIBPQ_VARIABLES
    assert {file["services"][service]["environment"][one] for one in variables} <= targets


def test_names_users_and_ports_agree(file: dict[str, Any], tmp_path: Path) -> None:
    services = file["services"]
    found = settings(file, "console-a", tmp_path)
    assert found.dispatch.host == "0.0.0.0"
    published = [services[name]["ports"] for name in OURS[1:]]
    assert published == [["127.0.0.1:8480:8480"], ["127.0.0.1:8481:8480"]]
    assert found.dispatch.port == 8480
    assert ["EXPOSE", "8480"] in dockerfile()

    database = services["database"]["environment"]
    assert set(database) <= IMAGE_VARIABLES
    url = make_url(found.database_url)
    assert (url.host, url.username, url.database) == (
        "database",
        database["POSTGRES_USER"],
        database["POSTGRES_DB"],
    )
    assert database["POSTGRES_PASSWORD_FILE"] in {t for _, t in mounts(file, "database")}

    assert found.mqtt is not None
    assert found.mqtt.host in services["broker"]["networks"]["default"]["aliases"]
    assert found.mqtt.username == "dispatch"
    assert services["broker"]["ports"] == ["8883:8883"]
    conf = (FOLDER / "../mosquitto/sardze.conf").read_text()
    assert "\nlistener 8883\n" in conf
    targets = {target for _, target in mounts(file, "broker")}
    named = re.findall(r"^\w*(?:file|cafile) (/\S+)$", conf, re.MULTILINE)
    assert len(named) == 5
    assert set(named) <= targets
    (persistent,) = re.findall(r"^persistence_location (\S+?)/?$", conf, re.MULTILINE)
    assert services["broker"]["tmpfs"][0].split(":")[0] == persistent


def test_everything_waits_for_what_it_needs(file: dict[str, Any]) -> None:
    needs = {name: own.get("depends_on", {}) for name, own in file["services"].items()}
    assert needs["migrate"] == {"database": {"condition": "service_healthy"}}
    assert "healthcheck" in file["services"]["database"]
    for name in OURS[1:]:
        assert needs[name]["migrate"] == {"condition": "service_completed_successfully"}
        assert set(needs[name]) <= set(file["services"])


def test_the_image_copies_only_what_there_is() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    for word, *words in dockerfile():
        sources = [one for one in words[:-1] if not one.startswith("--")] if word == "COPY" else []
        for source in sources:
            if not source.startswith("/build/web/dist"):
                assert any(one == source or one.startswith(f"{source}/") for one in tracked), source
