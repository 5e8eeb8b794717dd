"""A bookkeeper's edits in the default scenario."""

import httpx

from smoothx_tui.sandbox.scenario import default_scenario
from smoothx_tui.sandbox.server import Sandbox


async def test_a_document_without_an_address_can_be_edited() -> None:
    scenario = default_scenario()
    drafts = [one for one in scenario.xero["Invoices"] if one["Status"] == "DRAFT" and one.get("Url", "") is None]
    assert drafts
    transport = Sandbox.from_scenario(scenario).transport()
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        for one in drafts:
            path = f"/admin/xero/invoices/{one['InvoiceID']}/edit"
            answer = await client.post(path, json={"Reference": "looked at"})
            assert answer.status_code == 200, answer.text
