"""The API's document says which errors a client has to expect, and in which shape."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.dispatch.desk import Desk

PROBLEM = "#/components/schemas/Problem"
SPECIFIC = {
    "sign_in": "429",
    "list_events": "410",
    "get_message": "404",
    "send_message": "404 409",
    "acknowledge_emergency": "404 409",
    "close_emergency": "404 409",
    "command_radio": "404 409",
    "change_unit": "404 409",
    "unit_track": "404",
    "report": "404",
    "add_user": "409",
    "change_user": "404 409",
}


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in document["paths"].items():
        if path.startswith("/api/"):
            yield from methods.values()


@pytest.fixture
async def document(desk: Desk) -> dict[str, Any]:
    found: dict[str, Any] = (await desk.client().get("/api/openapi.json")).json()
    return found


async def test_every_operation_declares_its_refusals_as_problems(document: dict[str, Any]) -> None:
    found = list(operations(document))
    assert len(found) > 25
    for operation in found:
        responses = operation["responses"]
        assert {"401", "403"} <= responses.keys(), operation["operationId"]
        for status in (status for status in responses if status.startswith("4")):
            schema = responses[status]["content"]["application/json"]["schema"]
            assert schema == {"$ref": PROBLEM}, (operation["operationId"], status)
    problem = document["components"]["schemas"]["Problem"]
    assert problem["required"] == ["code", "detail"]
    assert "HTTPValidationError" not in document["components"]["schemas"]


async def test_what_only_some_operations_refuse_is_declared_there(document: dict[str, Any]) -> None:
    by_id = {one["operationId"]: one["responses"].keys() for one in operations(document)}
    for operation, statuses in SPECIFIC.items():
        assert set(statuses.split()) <= by_id[operation], operation
    assert "404" not in by_id["list_calls"]
    assert "409" not in by_id["list_messages"]
    assert [name for name, statuses in by_id.items() if "429" in statuses] == ["sign_in"]
