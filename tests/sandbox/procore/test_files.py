"""The emulated file service and its storage: who may read what, for how long, and with what in hand."""

import base64
from datetime import timedelta
from typing import Any

import httpx
import pytest

from smoothx_tui.base.errors import ConfigurationError
from smoothx_tui.sandbox.procore.files import content_of
from smoothx_tui.sandbox.scenario import scenario_from

FILES = [
    {"filename": "a.txt", "content": base64.b64encode(b"hello").decode(), "content_type": "text/plain", "url": "gone"},
    {"id": 62, "filename": "b.bin", "length": 5000, "file_size": 5000},
]


async def _links(procore: Any, items: tuple[str, ...] = ("claim:7001",)) -> list[dict[str, Any]]:
    for key in items:
        await procore.act(f"/items/{key}/edit", {"members": {"attachments": FILES}})
    detail = await procore.get("/rest/v1.1/requisitions/7001", project_id=301, view="extended")
    rows: list[dict[str, Any]] = detail["attachments"]
    return rows


async def _asked(procore: Any, url: str, **headers: str) -> httpx.Response:
    """As the caller is signed in, unless another Authorization is given; "" is none."""
    request = procore.client.build_request("GET", url)
    for name, value in headers.items():
        request.headers[name] = value
        if not value:
            del request.headers[name]
    answer: httpx.Response = await procore.client.send(request)
    return answer


async def test_a_file_is_handed_out_by_the_storage_after_procore_has_sent_there(procore: Any) -> None:
    first, second = await _links(procore)
    assert first == {"id": 700101, "filename": "a.txt", "content_type": "text/plain", "url": first["url"]}
    assert second["file_size"] == 5000
    sent_on = await _asked(procore, first["url"])
    assert sent_on.status_code == 302
    storage = sent_on.headers["location"]
    assert storage.startswith("https://api.procore.com/storage/prostore/")
    handed = await _asked(procore, storage, Authorization="")
    assert (handed.status_code, handed.content) == (200, b"hello")
    assert handed.headers["content-type"].startswith("text/plain")
    again = await _asked(procore, (await _asked(procore, second["url"])).headers["location"], Authorization="")
    assert len(again.content) == 5000


async def test_procore_wants_the_token_and_its_storage_refuses_one(procore: Any) -> None:
    first, _ = await _links(procore)
    assert (await _asked(procore, first["url"], Authorization="")).status_code == 401
    storage = (await _asked(procore, first["url"])).headers["location"]
    refused = await _asked(procore, storage)
    assert refused.status_code == 400
    assert b"Only one auth mechanism" in refused.content


async def test_links_are_forged_by_nobody_and_end_after_an_hour(procore: Any) -> None:
    first, second = await _links(procore)
    own, storage = first["url"], (await _asked(procore, first["url"])).headers["location"]
    assert (await _asked(procore, own.replace("sig=", "sig=f"))).status_code == 403
    assert (await _asked(procore, own.partition("?")[0])).status_code == 403
    assert (await _asked(procore, own.replace("700101", "62"))).status_code == 403, "signed for another file"
    assert (await _asked(procore, own.replace("expires_at=", "expires_at=9"))).status_code == 403
    assert (await _asked(procore, storage.replace("Signature=", "Signature=f"), Authorization="")).status_code == 403
    procore.clock.advance(timedelta(hours=1, seconds=1).total_seconds())
    assert (await _asked(procore, own)).status_code == 403
    assert (await _asked(procore, storage, Authorization="")).status_code == 403
    assert second["url"] != (await _links(procore))[1]["url"], "signed anew"


async def test_a_file_that_was_taken_away_is_not_there(procore: Any) -> None:
    first, _ = await _links(procore)
    storage = (await _asked(procore, first["url"])).headers["location"]
    await procore.act("/items/claim:7001/edit", {"members": {"attachments": []}})
    assert (await _asked(procore, first["url"])).status_code == 404
    assert (await _asked(procore, storage, Authorization="")).status_code == 404


async def test_only_details_say_the_files_and_never_their_content(procore: Any) -> None:
    await _links(procore, ("claim:7001", "head:6601", "direct:4402"))
    await procore.act("/items/direct:4401/unlock")
    paths = [
        ("/rest/v1.1/requisitions", {"project_id": 301}),
        ("/rest/v1.1/requisitions/7001", {"project_id": 301}),
        ("/rest/v1.0/payment_applications", {"project_id": 301}),
        ("/rest/v1.1/projects/301/direct_costs", {}),
    ]
    for path, query in paths:
        assert '"attachments"' not in str(await procore.get(path, **query)).replace("'", '"'), path
    for path, query in [
        ("/rest/v1.0/payment_applications/6601", {"project_id": 301}),
        ("/rest/v1.1/projects/301/direct_costs/4402", {}),
    ]:
        rows = (await procore.get(path, **query))["attachments"]
        assert all("content" not in row and "length" not in row for row in rows)
        assert (await _asked(procore, rows[0]["url"])).status_code == 302


@pytest.mark.parametrize(
    "attachments",
    [
        {"id": 1},
        [7],
        [{"filename": 7}],
        [{"content": "not base64"}],
        [{"length": -1}],
        [{"length": 10**9}],
        [{"id": 1}, {"id": 1}],
    ],
)
def test_a_scenario_with_strange_files_is_refused(attachments: Any) -> None:
    cost = {"id": 4401, "project_id": 301, "attachments": attachments}
    procore = {"projects": [{"id": 301, "name": "Quay"}], "direct_costs": [cost]}
    with pytest.raises(ConfigurationError, match="attachments"):
        scenario_from({"clock": "2026-07-03T09:00:00Z", "procore": procore, "xero": {}}, "strange")


@pytest.mark.parametrize("length", [0, 1, 4095, 4096, 4097, 10_000_001])
def test_made_up_bytes_are_the_same_each_time(length: int) -> None:
    made = content_of({"id": 7, "length": length})
    assert len(made) == length
    assert made == content_of({"id": 7, "length": length})
