"""Files of items: what is read of them, what is never kept, and where they may be fetched from."""

import copy
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from smoothx_tui.base.answers import TooLarge
from smoothx_tui.base.errors import ConnectionFailed, ServiceError, SignInNeeded, SmoothxError
from smoothx_tui.base.requestlog import RequestLog
from smoothx_tui.base.secret import Secret
from smoothx_tui.procore.attachments import attachments_of, links_of, without_links
from smoothx_tui.procore.client import ProcoreClient
from smoothx_tui.procore.items import Attachment, Kind
from smoothx_tui.procore.loading import load_reference
from smoothx_tui.procore.packed import RawDetail
from smoothx_tui.procore.parse import parse_claim, parse_direct_cost, parse_head_claim
from smoothx_tui.procore.reference import ProjectBooks, Reference
from smoothx_tui.procore.shelf import Shelf
from smoothx_tui.sandbox.scenario import default_scenario
from smoothx_tui.sandbox.server import Sandbox
from smoothx_tui.syncing.adapters import mark_of
from tests.procore.everything import load_items

Client = Callable[[Callable[[httpx.Request], httpx.Response]], ProcoreClient]
LINK = "https://us02.procore.com/fas/api/v5/files/77?sig=canary-signature"
BUCKET = "https://prostore-apse2.s3.ap-southeast-2.amazonaws.com/companies/5981/77?X-Amz-Signature=canary-storage"
ROWS: list[dict[str, Any]] = [
    {"id": 61, "url": LINK, "filename": "claim.pdf", "content_type": "application/pdf"},
    {"id": 62, "url": None, "name": "diary.pdf", "file_size": "81000"},
]


# Reading --------------------------------------------------------------------------------------------------------------


def test_every_kind_of_item_says_its_files(
    claim: dict[str, Any],
    cost: dict[str, Any],
    head: dict[str, Any],
    reference: Reference,
    books: ProjectBooks,
) -> None:
    files = (Attachment("61", "claim.pdf"), Attachment("62", "diary.pdf", 81_000))
    for raw in (claim, cost, head):
        raw["attachments"] = copy.deepcopy(ROWS)
    assert parse_claim(claim, reference, books).attachments == files
    assert parse_direct_cost(cost, reference, books).attachments == files
    assert parse_head_claim(head, None, reference, books).attachments == files


@pytest.mark.parametrize(
    "strange", [None, [], {}, "x", [None, 1, "x"], {"id": 1}, [{"id": None, "filename": None, "url": 7}]]
)
def test_strange_attachments_never_keep_an_item_from_being_read(
    strange: Any, claim: dict[str, Any], reference: Reference, books: ProjectBooks
) -> None:
    bare = parse_claim(claim, reference, books)
    item = parse_claim({**claim, "attachments": strange}, reference, books)
    assert item.problems == bare.problems
    assert len(item.attachments) <= 1
    assert all(link.url is None for link in links_of({"attachments": strange}))


@pytest.mark.parametrize("size", [-1, "-1", "9" * 30, True, 1.5, "ten", None])
def test_a_size_that_is_none_is_not_believed(size: Any) -> None:
    assert attachments_of({"attachments": [{"id": 1, "filename": "a", "size": size}]}) == (Attachment("1", "a"),)


def test_a_file_that_is_listed_twice_is_one_and_one_without_id_goes_by_its_name() -> None:
    rows = [{"id": 1, "filename": "a"}, {"id": 1, "filename": "b"}, {"filename": "c"}, {"filename": "c"}]
    assert attachments_of({"attachments": rows}) == (Attachment("1", "a"), Attachment("name c", "c"))


def test_a_link_is_a_secret_that_is_not_kept() -> None:
    raw = {"id": 2201, "attachments": [{**ROWS[0], "viewable_url": LINK}], "items": []}
    (link,) = links_of(raw)
    assert link.url is not None
    assert link.url.reveal() == LINK
    assert "canary" not in repr(link)
    kept = without_links(raw)
    assert "canary" not in repr(kept)
    assert attachments_of(kept) == attachments_of(raw)
    assert without_links({"id": 1}) == {"id": 1}
    shelf = Shelf({})
    shelf.see(("301", Kind.PROGRESS_CLAIM), {**raw, "updated_at": "2026-06-29T05:10:00Z"})
    assert "canary" not in repr(shelf.rows["claim:2201"].raw)
    shelf.put_detail("claim:2201", RawDetail("2026-06-29T05:10:00Z", raw))
    assert "canary" not in repr(shelf.details["claim:2201"].raw)


def test_a_link_that_is_signed_anew_does_not_look_like_a_changed_item() -> None:
    one, other = ({"id": 1, "attachments": [{"id": 61, "url": f"{LINK}&n={n}"}]} for n in range(2))
    assert mark_of(one) == mark_of(other)


# Fetching -------------------------------------------------------------------------------------------------------------


def _served(answers: dict[str, httpx.Response], seen: list[httpx.Request]) -> Callable[[httpx.Request], httpx.Response]:
    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answers[str(request.url)]

    return handler


async def test_the_token_goes_to_procore_and_not_to_its_storage(procore: Client, log: RequestLog) -> None:
    seen: list[httpx.Request] = []
    answers = {
        LINK: httpx.Response(302, headers={"Location": BUCKET}),
        BUCKET: httpx.Response(200, content=b"%PDF", headers={"Content-Type": "application/pdf"}),
    }
    assert await procore(_served(answers, seen)).files.fetch(Secret(LINK), "claim.pdf", 100) == b"%PDF"
    own, storage = seen
    assert own.headers["authorization"] == "Bearer t1"
    assert own.headers["procore-company-id"] == "5981"
    assert "authorization" not in storage.headers
    assert "procore-company-id" not in storage.headers
    assert [entry.status for entry in log] == [302, 200]
    assert "canary" not in repr(list(log))


async def test_an_older_link_leads_to_the_storage_at_once(procore: Client) -> None:
    seen: list[httpx.Request] = []
    url = "https://s3.amazonaws.com/pro-core.example/77?Signature=x"
    files = procore(_served({url: httpx.Response(200, content=b"x")}, seen)).files
    assert await files.fetch(Secret(url), "a", 100) == b"x"
    assert "authorization" not in seen[0].headers


@pytest.mark.parametrize(
    "url",
    [
        "http://us02.procore.com/fas/1",
        "https://us02.procore.com:8443/fas/1",
        "https://user@us02.procore.com/fas/1",
        "https://procore.com.evil.example/fas/1",
        "https://evilprocore.com/fas/1",
        "https://s3.amazonaws.com.evil.example/1",
        "https://ec2-1-2-3-4.compute.amazonaws.com/1",
        "https://169.254.169.254/latest/meta-data/",
        "https://127.0.0.1/fas/1",
        "https://[::1]/fas/1",
        "file:///etc/passwd",
        "https://",
        "https://[broken/1",
        "https://us02.procore.com:99999/1",
    ],
)
@pytest.mark.parametrize("redirected", [False, True])
async def test_a_file_is_fetched_from_nowhere_else(procore: Client, url: str, redirected: bool) -> None:
    seen: list[httpx.Request] = []
    files = procore(_served({LINK: httpx.Response(302, headers={"Location": url})}, seen)).files
    with pytest.raises(ServiceError):
        await files.fetch(Secret(LINK if redirected else url), "a", 100)
    assert all(str(request.url) == LINK for request in seen)


async def test_a_circle_of_redirects_ends(procore: Client) -> None:
    seen: list[httpx.Request] = []
    files = procore(_served({LINK: httpx.Response(302, headers={"Location": LINK})}, seen)).files
    with pytest.raises(ServiceError, match="in a circle"):
        await files.fetch(Secret(LINK), "a", 100)
    assert len(seen) < 10


async def test_a_refused_token_is_renewed_once(procore: Client) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        good = request.headers["authorization"] == "Bearer t2"
        return httpx.Response(200 if good else 401, content=b"x" if good else b"")

    assert await procore(handler).files.fetch(Secret(LINK), "a", 100) == b"x"
    assert len(seen) == 2
    with pytest.raises(SignInNeeded):
        await procore(lambda _: httpx.Response(401)).files.fetch(Secret(LINK), "a", 100)


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (httpx.Response(200, content=b""), ServiceError),
        (
            httpx.Response(200, content=b"<html>", headers={"Content-Type": "text/html; charset=utf-8"}),
            ConnectionFailed,
        ),
        (httpx.Response(403), ServiceError),
        (httpx.Response(404), ServiceError),
        (httpx.Response(418), ServiceError),
        (httpx.Response(429), ConnectionFailed),
        (httpx.Response(503), ConnectionFailed),
    ],
    ids=lambda value: str(getattr(value, "status_code", "")),
)
async def test_what_can_be_mended_by_trying_again_is_told_apart(
    procore: Client, response: httpx.Response, kind: type[SmoothxError]
) -> None:
    with pytest.raises(kind) as caught:
        await procore(lambda _: response).files.fetch(Secret(LINK), "claim.pdf", 100)
    assert "canary" not in caught.value.line()


async def test_a_link_that_has_run_out_is_tried_again_with_a_new_one(procore: Client) -> None:
    answers = {LINK: httpx.Response(302, headers={"Location": BUCKET}), BUCKET: httpx.Response(403)}
    with pytest.raises(ConnectionFailed):
        await procore(_served(answers, [])).files.fetch(Secret(LINK), "claim.pdf", 100)


class _Endless(httpx.AsyncByteStream):
    """Gives pieces for ever, and counts them."""

    def __init__(self) -> None:
        self.given = 0

    async def __aiter__(self) -> Any:
        while True:
            self.given += 1
            yield b"x" * 1000


async def test_a_file_is_cut_off_at_the_limit_whatever_it_promises(procore: Client) -> None:
    endless = _Endless()
    with pytest.raises(TooLarge):
        await procore(lambda _: httpx.Response(200, stream=endless)).files.fetch(Secret(LINK), "a", 5_000)
    assert endless.given == 6
    told = _Endless()
    response = httpx.Response(200, stream=told, headers={"Content-Length": "5001"})
    with pytest.raises(TooLarge, match="5,001 bytes"):
        await procore(lambda _: response).files.fetch(Secret(LINK), "a", 5_000)
    assert told.given == 0


async def test_a_file_of_just_the_limit_comes_whole(procore: Client) -> None:
    files = procore(lambda _: httpx.Response(200, content=b"x" * 5_000)).files
    assert len(await files.fetch(Secret(LINK), "a", 5_000)) == 5_000


# Against the sandbox --------------------------------------------------------------------------------------------------


async def test_the_sandbox_hands_its_files_out_as_procore_does(connect: Any) -> None:
    sandbox = Sandbox.from_scenario(default_scenario())
    client = connect(sandbox)
    reference = await load_reference(client)
    loaded = await load_items(client, reference)
    item = next(item for item in loaded.items if any("diary" in file.name for file in item.attachments))
    raw = await client.get(
        f"/rest/v1.1/requisitions/{item.id}", {"project_id": item.project.id, "view": "extended"}, "read it"
    )
    invoice, diary = links_of(raw)
    assert invoice.url is not None
    assert diary.url is not None
    assert len(await client.files.fetch(diary.url, diary.file.name, 81_000)) == 81_000
    with pytest.raises(TooLarge):
        await client.files.fetch(diary.url, diary.file.name, 80_999)
    forged = Secret(diary.url.reveal().replace("sig=", "sig=0"))
    with pytest.raises(ServiceError, match="no permission"):
        await client.files.fetch(forged, "a", 100_000)
    assert "sig=" not in repr(loaded.items)
