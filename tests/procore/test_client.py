from collections.abc import Callable
from typing import Any

import httpx
import pytest

from smoothx_tui.base.answers import NotSent, Unknown
from smoothx_tui.base.errors import ConnectionFailed, ServiceError, SignInNeeded
from smoothx_tui.procore.client import PatchNotAllowed, ProcoreClient
from smoothx_tui.procore.limits import ProcoreLimits

Make = Callable[[Callable[[httpx.Request], httpx.Response]], ProcoreClient]
LIST = "/rest/v1.0/vendors"


class Script:
    """Answers in a row; the last one stays."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def rows(*ids: int) -> list[dict[str, Any]]:
    return [{"id": number} for number in ids]


def page(ids: range | list[int], link: str = "", total: int | None = None) -> httpx.Response:
    headers = {"Link": link} if link else {}
    if total is not None:
        headers["Total"] = str(total)
    return httpx.Response(200, json=rows(*ids), headers=headers)


def link(number: int, host: str = "api.procore.com", rel: str = "next") -> str:
    return f'<https://{host}{LIST}?page={number}&per_page=100>; rel="{rel}"'


async def test_a_list_is_read_to_the_page_without_a_next(procore: Make) -> None:
    script = Script(
        page([1, 2], link(2), 5),
        page([3, 4], f"{link(1, rel='prev')}, {link(3)}", 5),
        page([5], link(2, rel="prev"), 5),
    )
    found = await procore(script).listing(LIST, {"company_id": "5981"}, "read the companies")
    assert [row["id"] for row in found.rows] == [1, 2, 3, 4, 5]
    assert found.complete
    assert [request.url.params["page"] for request in script.requests] == ["1", "2", "3"]
    assert script.requests[0].headers["procore-company-id"] == "5981"
    assert script.requests[0].url.params["per_page"] == "100"


async def test_without_a_link_a_short_page_is_the_last(procore: Make) -> None:
    script = Script(page(range(100)), page(range(100, 130)))
    assert len((await procore(script).listing(LIST, {}, "read")).rows) == 130
    assert len(script.requests) == 2


async def test_a_list_that_does_not_page_is_read_once(procore: Make) -> None:
    script = Script(page(range(100)))
    found = await procore(script).listing(LIST, {}, "read")
    assert len(found.rows) == 100
    assert len(script.requests) == 2


async def test_repeated_ids_are_dropped_and_the_list_is_not_called_complete(procore: Make) -> None:
    script = Script(page([1, 2], link(2)), page([2, 3]))
    found = await procore(script).listing(LIST, {}, "read")
    assert [row["id"] for row in found.rows] == [1, 2, 3]
    assert not found.complete


@pytest.mark.parametrize("totals", [(3, 4), (9, 9)])
async def test_a_list_whose_total_does_not_fit_is_not_complete(procore: Make, totals: tuple[int, int]) -> None:
    script = Script(page([1, 2], link(2), totals[0]), page([3, 4], total=totals[1]))
    assert not (await procore(script).listing(LIST, {}, "read")).complete


async def test_a_link_to_another_host_is_never_followed(procore: Make) -> None:
    script = Script(page(range(100), link(2, "evil.example")), page([200]))
    found = await procore(script).listing(LIST, {}, "read")
    assert len(found.rows) == 101
    assert {request.url.host for request in script.requests} == {"api.procore.com"}


async def test_the_second_version_wraps_its_rows(procore: Make) -> None:
    script = Script(httpx.Response(200, json={"data": [{"id": "1"}]}))
    assert (await procore(script).listing("/rest/v2.0/x", {}, "read")).rows == ({"id": "1"},)


@pytest.mark.parametrize(
    ("response", "kind", "words"),
    [
        (httpx.Response(200, html="<html>"), ConnectionFailed, "text/html instead of JSON"),
        (httpx.Response(200, json={"a": 1}), ConnectionFailed, "not a list"),
        (httpx.Response(401, json={"errors": "expired"}), SignInNeeded, "sign-in"),
        (httpx.Response(403, json={"errors": "no access to project"}), ServiceError, "no access to project"),
        (httpx.Response(404, html="<html>"), ServiceError, "not there, deleted, or not readable"),
        (httpx.Response(422, json={"errors": {"origin_id": ["has been taken"]}}), ServiceError, "origin_id: has been"),
        (httpx.Response(503, json={"message": "down"}), ConnectionFailed, "down"),
    ],
)
async def test_bad_answers_are_one_clear_error(
    procore: Make, response: httpx.Response, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind) as caught:
        await procore(Script(response)).listing(LIST, {}, "read the companies")
    assert words in str(caught.value)
    assert "<html" not in str(caught.value)


@pytest.mark.parametrize(
    "failure", [httpx.Response(500, html="<html>"), httpx.Response(504), httpx.ReadError("r"), httpx.ConnectError("c")]
)
async def test_reads_are_tried_again_with_growing_pauses(
    procore: Make, clock: Any, failure: httpx.Response | Exception
) -> None:
    script = Script(failure, failure, failure, page([1]))
    await procore(script).listing(LIST, {}, "read")
    assert clock.slept == [1.0, 2.0, 4.0]


async def test_it_gives_up_after_a_while(procore: Make) -> None:
    script = Script(httpx.ReadError("reset"))
    with pytest.raises(ConnectionFailed):
        await procore(script).listing(LIST, {}, "read")
    assert len(script.requests) == 4


async def test_a_503_says_how_long(procore: Make, clock: Any) -> None:
    script = Script(httpx.Response(503, headers={"Retry-After": "20"}), page([1]))
    await procore(script).listing(LIST, {}, "read")
    assert clock.slept == [20.0]
    with pytest.raises(ServiceError, match="not available for 61 min"):
        await procore(Script(httpx.Response(503, headers={"Retry-After": "3600"}))).listing(LIST, {}, "read")


async def test_a_token_is_renewed_once(procore: Make) -> None:
    script = Script(httpx.Response(401, json={}), page([1]))
    await procore(script).listing(LIST, {}, "read")
    assert [request.headers["authorization"] for request in script.requests] == ["Bearer t1", "Bearer t2"]


async def test_a_limit_is_waited_out_as_the_answer_says(procore: Make, clock: Any) -> None:
    told: list[ProcoreLimits] = []
    reset = str(int(clock.now().timestamp()) + 7)
    empty = {"X-Rate-Limit-Limit": "25", "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": reset}
    script = Script(
        httpx.Response(429, headers={"Retry-After": "4"}),
        httpx.Response(200, json=rows(1), headers={**empty, "Link": link(2)}),
        page([2]),
    )
    client = procore(script)
    client.on_limits = told.append
    await client.listing(LIST, {}, "read")
    assert clock.seconds == 7.0
    assert [one.remaining for one in told] == [None, 0, None]


async def test_a_reset_is_read_by_procore_s_clock(procore: Make, clock: Any) -> None:
    headers = {
        "Date": "Fri, 03 Jul 2026 08:50:00 GMT",
        "X-Rate-Limit-Remaining": "0",
        "X-Rate-Limit-Reset": str(int(clock.now().timestamp()) - 595),
        "Link": link(2),
    }
    await procore(Script(httpx.Response(200, json=rows(1), headers=headers), page([2]))).listing(LIST, {}, "read")
    assert clock.slept == [5.0]


async def test_a_long_limit_is_told_and_not_sat_out(procore: Make) -> None:
    script = Script(httpx.Response(429, headers={"Retry-After": "1800"}))
    with pytest.raises(ServiceError, match="free again in 31 min") as caught:
        await procore(script).listing(LIST, {}, "read")
    assert caught.value.status == 429
    assert len(script.requests) == 1


async def test_without_any_hint_the_pauses_grow(procore: Make, clock: Any) -> None:
    script = Script(httpx.Response(429), httpx.Response(429), page([1]))
    await procore(script).listing(LIST, {}, "read")
    assert clock.slept == [2.0, 4.0]


@pytest.mark.parametrize(
    "path",
    [
        "/rest/v1.1/requisitions/1/../2",
        "/rest/v1.0/vendors/1",
        "/rest/v1.1/requisitions",
        "/rest/v1.1/projects/1/direct_costs/2?x=1",
        "//evil.example/rest/v1.1/requisitions/1",
    ],
)
async def test_nothing_but_a_lock_can_be_written(procore: Make, path: str) -> None:
    script = Script(httpx.Response(200, json={}))
    with pytest.raises(PatchNotAllowed):
        await procore(script).patch(path, {})
    assert not script.requests


@pytest.mark.parametrize("response", [httpx.Response(403, json={}), httpx.Response(409, json={"errors": "busy"})])
async def test_a_refused_lock_is_an_answer(procore: Make, response: httpx.Response) -> None:
    answer = await procore(Script(response)).patch("/rest/v1.1/requisitions/1", {"project_id": 1})
    assert answer.status == response.status_code


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (httpx.Response(502, html="<html>"), Unknown),
        (httpx.Response(200, html="<html>"), Unknown),
        (httpx.ReadTimeout(""), Unknown),
        (httpx.ConnectError(""), NotSent),
    ],
)
async def test_a_lock_that_may_have_happened_is_unknown_and_sent_once(
    procore: Make, failure: httpx.Response | Exception, kind: type[Exception]
) -> None:
    script = Script(failure)
    with pytest.raises(kind):
        await procore(script).patch("/rest/v1.1/requisitions/1", {})
    assert len(script.requests) == 1


async def test_the_companies_are_asked_for_without_one(procore: Make) -> None:
    script = Script(httpx.Response(200, json=[{"id": 5981, "name": "Harbourline"}]))
    assert (await procore(script).companies())[0]["name"] == "Harbourline"


async def test_a_lock_that_may_not_be_sent_any_more_when_its_turn_comes_is_not_sent(procore: Make) -> None:
    def late() -> None:
        raise NotSent("the lease ran out", "it is tried again")

    script = Script(httpx.Response(200, json={}))
    with pytest.raises(NotSent, match="lease"):
        await procore(script).patch("/rest/v1.1/requisitions/1", {"project_id": 1}, late)
    assert not script.requests
