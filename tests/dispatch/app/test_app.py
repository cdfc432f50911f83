import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from dispatch import app as composition
from dispatch.auth.identity import Role
from dispatch.background import Background
from dispatch.static import console_root
from tests.dispatch.desk import Desk, open_desk


async def test_health_tells_alive_and_ready(desk: Desk) -> None:
    client = desk.client()
    alive = await client.get("/healthz")
    assert (alive.status_code, alive.json()["status"]) == (200, "ok")
    ready = await client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["ready"] is True
    assert ready.json()["checks"]["database"]["reason"].startswith("revision ")
    assert set(ready.json()["checks"]) == {"database", "ingest"}


async def test_a_broken_database_is_not_ready_and_answers_503(desk: Desk) -> None:
    admin = await desk.signed_in("chief")
    async with desk.database.write() as session:
        await session.execute(text("ALTER TABLE stream RENAME TO elsewhere"))
        await session.execute(text("ALTER TABLE user_account RENAME TO nobody"))

    ready = await desk.client().get("/readyz")
    answer = await admin.get("/api/users")

    assert ready.status_code == 503
    assert ready.json()["checks"]["database"] == {"ok": False, "reason": "failed: OperationalError"}
    assert (answer.status_code, answer.json()["code"]) == (503, "database_away")
    assert answer.headers["retry-after"] == "5"
    assert (await desk.client().get("/healthz")).status_code == 200


async def test_metrics_count_and_name_nobody(desk: Desk) -> None:
    client = await desk.signed_in("anna")
    await client.get("/api/session")
    await client.request("BREW", "/healthz")

    found = (await client.get("/metrics")).text

    assert 'sardze_http_requests_total{method="GET",status="200"} 1.0' in found
    assert 'sardze_http_requests_total{method="other",status="405"} 1.0' in found
    assert "sardze_live_consoles 0.0" in found
    assert "sardze_ingest_waiting 0.0" in found
    assert "process_resident_memory_bytes" in found
    assert "anna" not in found


async def test_unknown_addresses_of_the_api_are_json(desk: Desk) -> None:
    client = desk.client()
    for path in ("/api", "/api/nothing", "/api/units/1/nothing"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    answer = await client.put("/api/units", json={})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


async def test_everything_but_the_door_needs_a_session(desk: Desk) -> None:
    """Every route of the document, so that a new one cannot forget its guard."""
    client = desk.client()
    document = (await client.get("/api/openapi.json")).json()
    open_routes = {
        "/healthz", "/readyz", "/metrics", "POST /api/session",
    }  # fmt: skip
    for path, methods in document["paths"].items():
        for method in methods:
            name = f"{method.upper()} {path}"
            if path in open_routes or name in open_routes:
                continue
            answer = await client.request(method, path.replace("{", "").replace("}", ""), json={})
            concrete = await client.request(
                method, path.replace("{name}", "calls").replace("{", "1").split("}")[0], json={}
            )
            assert 401 in (answer.status_code, concrete.status_code), name


async def test_the_document_names_each_operation_once(desk: Desk) -> None:
    document = (await desk.client().get("/api/openapi.json")).json()
    ids = [
        operation["operationId"]
        for methods in document["paths"].values()
        for operation in methods.values()
    ]
    assert len(ids) == len(set(ids)) > 30
    assert all(identifier.islower() and "__" not in identifier for identifier in ids)
    for path in ("/docs", "/redoc", "/openapi.json"):
        answer = await desk.client().get(path)
        assert "swagger" not in answer.text.lower()


def built(tmp_path: Path) -> Path:
    root = tmp_path / "web"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html><title>console</title>")
    (root / "assets/main-abc123.js").write_text("1")
    (root / "icon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    (root / "assets/link.js").symlink_to(tmp_path / "secret.txt")
    return root


async def test_the_console_is_served_with_right_caching(desk: Desk, tmp_path: Path) -> None:
    desk.app.state.console_root = built(tmp_path)
    client = desk.client()
    for path in ("/", "/index.html", "/sign-in", "/map", "/users/5"):
        page = await client.get(path)
        assert page.status_code == 200
        assert "<title>console</title>" in page.text
        assert page.headers["cache-control"] == "no-store"
    script = await client.get("/assets/main-abc123.js")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-type"].startswith(("text/javascript", "application/javascript"))
    assert (await client.get("/icon.svg")).headers["cache-control"] == "no-cache"


async def test_only_files_of_the_console_are_served(desk: Desk, tmp_path: Path) -> None:
    desk.app.state.console_root = built(tmp_path)
    client = desk.client()
    for path in (
        "/assets/none.js",
        "/none.css",
        "/assets/link.js",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%00",
        "//etc/passwd.x",
    ):
        answer = await client.get(path)
        assert answer.status_code == 404, path
        assert "secret" not in answer.text


async def test_without_a_build_the_page_says_what_to_do(desk: Desk) -> None:
    desk.app.state.console_root = None
    answer = await desk.client().get("/")
    assert answer.status_code == 503
    assert "make run" in answer.text


def test_the_build_is_found_by_its_page(tmp_path: Path) -> None:
    root = console_root()
    assert root is None or (root / "index.html").is_file()


async def test_the_map_file_comes_in_ranges(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "region.pmtiles").write_bytes(bytes(range(256)) * 8)
    async with open_desk(database_url, tmp_path, map={"pmtiles": "region.pmtiles"}) as desk:
        client = desk.client()
        part = await client.get("/maps/region.pmtiles", headers={"range": "bytes=256-259"})
        assert (part.status_code, part.content) == (206, b"\x00\x01\x02\x03")
        assert part.headers["content-range"] == "bytes 256-259/2048"
        (tmp_path / "region.pmtiles").unlink()
        assert (await client.get("/maps/region.pmtiles")).status_code == 404


async def test_a_bug_is_answered_without_its_inside(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    app: FastAPI = desk.app

    async def broken() -> None:
        raise RuntimeError("the inside")

    app.add_api_route("/api/broken", broken)
    app.router.routes.insert(0, app.router.routes.pop())  # before the page for all the rest
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
        answer = await client.get("/api/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "inside" not in answer.text
    assert "/api/broken failed" in caplog.text


async def test_a_failed_task_starts_again(caplog: pytest.LogCaptureFixture) -> None:
    tasks, runs, again = Background(), [0], asyncio.Event()

    async def work() -> None:
        runs[0] += 1
        if runs[0] == 1:
            raise RuntimeError("once")
        again.set()
        await asyncio.Event().wait()

    tasks.start("work", work)
    async with asyncio.timeout(5):
        await again.wait()
    assert tasks.faults == {"work": 1}
    assert tasks.running == {"work"}
    assert "work failed; it starts again" in caplog.text
    await tasks.stop()
    assert tasks.running == set()


async def test_agencies_are_filtered_through_the_whole_app(desk: Desk) -> None:
    own, other = await desk.agency("liepaja"), await desk.agency("palanga")
    client = await desk.signed_in("lp", Role.DISPATCHER, (own,))
    codes = [item["code"] for item in (await client.get("/api/agencies")).json()["items"]]
    assert codes == ["liepaja"]
    snapshot: dict[str, Any] = (await client.get("/api/snapshot")).json()
    assert [agency["id"] for agency in snapshot["agencies"]] == [own]
    assert other not in {agency["id"] for agency in snapshot["agencies"]}


def test_every_router_is_registered() -> None:
    package = Path(composition.__file__).parent
    modules = {str(path.parent.name) for path in package.glob("*/router.py")}
    registered = (package / "app.py").read_text()
    assert [name for name in modules if f"dispatch.{name}.router import" not in registered] == []
