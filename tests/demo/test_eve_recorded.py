"""The pretend EVE-NG against a conversation that was recorded from a real UNetLab.

`recorded/unetlab-1.0.jsonl` holds one line for each request and its answer, in their order. The
server was the PHP of UNetLab 1.0 with two VPCS nodes that really ran.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx

from tests.eves import served_eve

RECORDED = Path(__file__).parent / "recorded" / "unetlab-1.0.jsonl"
_OF_THE_HOST = {"/api/list/templates/", "/api/folders/"}
"""What is installed and stored there differs; how it is told does not."""
_OWN = {"id": str, "email": str, "name": str, "folder": type(None)}


def shape_of(value: Any) -> Any:
    """Return the types that JSON is made of; a map of texts counts once."""
    if isinstance(value, dict):
        shapes = {key: shape_of(one) for key, one in value.items()}
        is_map = shapes and set(map(str, shapes.values())) == {"str"} and len(shapes) > 2
        return "texts" if is_map else shapes
    if isinstance(value, list):
        return [shape_of(one) for one in value[:1]]
    return type(value).__name__


async def test_answers_as_recorded() -> None:
    """Every request of the recorded conversation is answered as it was, field by field."""
    spoken = [json.loads(line) for line in RECORDED.read_text().splitlines()]
    assert len(spoken) == 39
    async with (
        served_eve(edition="unetlab", status_works=False, linger_s=1) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        admin = server.state.accounts["admin"]
        admin.password, admin.tenant = "unl", 0
        server.state.runs.clear()
        for one in spoken:
            answer = await client.request(one["method"], one["path"], json=one["sent"])
            if "set-cookie" in answer.headers:
                client.cookies.clear()
                client.headers["cookie"] = answer.headers["set-cookie"].partition(";")[0]
            asked = f"{one['method']} {one['path']}"
            assert answer.status_code == one["status"], asked
            if one["answer"] is None:
                assert answer.content == b"", asked
                continue
            assert masked(answer.json(), one["path"]) == masked(one["answer"], one["path"]), asked


def masked(answer: dict[str, Any], path: str) -> dict[str, Any]:
    """Return an answer without what differs from host to host."""
    data = answer.get("data")
    if path in _OF_THE_HOST or path == "/api/list/templates/vpcs":
        return {**answer, "data": shape_of(data) if path != "/api/folders/" else list(data or ())}
    is_of_an_account = path == "/api/auth" or path.endswith("demo.unl")
    if is_of_an_account and isinstance(data, dict):
        return {**answer, "data": {key: _OWN.get(key, one) for key, one in data.items()}}
    return answer
