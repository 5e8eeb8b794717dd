"""What a bookkeeper does in Xero's screens, for tests and demonstrations: POST /admin/xero/...

| path | body | does |
|---|---|---|
| `/invoices/{key}/edit` | members of an invoice, lines included | edits, at any unit amount |
| `/invoices/{key}/approve` | | AUTHORISED |
| `/invoices/{key}/pay` | `amount` (all that is due), `date` (today) | pays |
| `/invoices/{key}/unpay` | | removes the last payment |
| `/invoices/{key}/credit` | `amount` (all that is due) | allocates a credit note |
| `/invoices/{key}/delete` | | deletes a draft, voids an approved document |
| `/lock` | `PeriodLockDate`, `EndOfYearLockDate`: a day, or null | locks, or lifts the lock |
| `/accounts/{code}/archive`, `/restore` | | archives or restores an account |
| `/contacts/{id}/archive`, `/restore` | | archives or restores a contact |
| `/options/archive`, `/restore` | `category`, `option` (names) | archives or restores a tracking option |
| `/currencies/{code}` | | enables a currency |
| `/disconnect`, `/connect` | | ends the app's connection, or gives it back |

`key` is an id, or a number that only one document has. Answers: the object, or `{"error": …}`.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from smoothx_tui.base.jsontext import BadJson, dumps, loads
from smoothx_tui.sandbox.xero.bookkeeper import Bookkeeper, Objection
from smoothx_tui.sandbox.xero.members import CURRENCIES
from smoothx_tui.sandbox.xero.state import XeroState

Json = dict[str, Any]
Deed = Callable[[Bookkeeper, Mapping[str, str], Json], Json]


def _currency(bookkeeper: Bookkeeper, params: Mapping[str, str], _body: Json) -> Json:
    if params["code"] not in CURRENCIES:
        raise Objection(400, f"{params['code']} is no currency")
    return bookkeeper.enable_currency(params["code"])


def _option(status: str) -> Deed:
    return lambda who, _params, body: who.option_status(
        str(body.get("category", "")), str(body.get("option", "")), status
    )


_DEEDS: Final[dict[str, Deed]] = {
    "/invoices/{key}/edit": lambda who, params, body: who.edit(params["key"], body),
    "/invoices/{key}/approve": lambda who, params, _: who.edit(params["key"], {"Status": "AUTHORISED"}),
    "/invoices/{key}/pay": lambda who, params, body: who.pay(params["key"], body.get("amount"), body.get("date")),
    "/invoices/{key}/unpay": lambda who, params, _: who.unpay(params["key"]),
    "/invoices/{key}/credit": lambda who, params, body: who.credit(params["key"], body.get("amount")),
    "/invoices/{key}/delete": lambda who, params, _: who.remove(params["key"]),
    "/lock": lambda who, _, body: who.lock(body),
    "/accounts/{code}/archive": lambda who, params, _: who.account_status(params["code"], "ARCHIVED"),
    "/accounts/{code}/restore": lambda who, params, _: who.account_status(params["code"], "ACTIVE"),
    "/contacts/{id}/archive": lambda who, params, _: who.contact_status(params["id"], "ARCHIVED"),
    "/contacts/{id}/restore": lambda who, params, _: who.contact_status(params["id"], "ACTIVE"),
    "/options/archive": _option("ARCHIVED"),
    "/options/restore": _option("ACTIVE"),
    "/currencies/{code}": _currency,
    "/disconnect": lambda who, _params, _body: who.disconnect(),
    "/connect": lambda who, _params, _body: who.connect(),
}


def xero_admin_routes(state: XeroState) -> list[Route]:
    """The deeds, to be mounted below /admin/xero."""
    bookkeeper = Bookkeeper(state)
    return [Route(path, _served(bookkeeper, deed), methods=["POST"]) for path, deed in _DEEDS.items()]


def _served(bookkeeper: Bookkeeper, deed: Deed) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        try:
            body = read_object(await request.body())
            return answer(200, deed(bookkeeper, request.path_params, body))
        except Objection as objection:
            return answer(objection.status, {"error": objection.text})

    return serve


def read_object(body: bytes) -> Json:
    """The body as a JSON object; none at all is an empty one. Raises Objection."""
    try:
        data = loads(body) if body else {}
    except (BadJson, UnicodeDecodeError) as error:
        raise Objection(400, f"not JSON: {error}") from None
    if not isinstance(data, dict):
        raise Objection(400, "the body is not an object")
    return data


def answer(status: int, data: Any) -> Response:
    """JSON out."""
    return Response(dumps(data).encode("utf-8", "surrogatepass"), status, media_type="application/json")
