"""Lists: paging, filters, and how they differ from details."""

from typing import Any

import pytest

from smoothx_tui.sandbox.scenario import scenario_from

REQUISITIONS = "/rest/v1.1/requisitions"
COSTS = "/rest/v1.1/projects/301/direct_costs"


def _ids(rows: list[dict[str, Any]]) -> list[int]:
    return [row["id"] for row in rows]


async def test_pages_follow_the_link_until_there_is_no_next(procore: Any) -> None:
    url, seen = f"{REQUISITIONS}?project_id=301&per_page=3&filters[status]=approved", []
    for _ in range(9):
        answer = await procore.client.get(url)
        assert answer.headers["Total"] == "4"
        assert answer.headers["Per-Page"] == "3"
        seen += _ids(answer.json())
        if "next" not in answer.links:
            break
        url = answer.links["next"]["url"]
        assert url.startswith("https://api.procore.com/procore/rest/")
    assert seen == [7001, 7003, 7005, 7007]


async def test_last_page_has_no_link(procore: Any) -> None:
    answer = await procore.client.get(REQUISITIONS, params={"project_id": 301, "page": 3, "per_page": 3})
    assert _ids(answer.json()) == [7007]
    assert "Link" not in answer.headers


@pytest.mark.parametrize(
    ("path", "default", "largest"),
    [
        (f"{REQUISITIONS}?project_id=301", "30", "100"),
        ("/rest/v1.1/projects?company_id=100", "100", "300"),
        ("/rest/v1.0/tax_codes?company_id=100", "20", "100"),
        ("/rest/v2.0/companies/100/projects/301/commitment_contracts", "10", "100"),
    ],
)
async def test_each_list_has_its_own_page_size(procore: Any, path: str, default: str, largest: str) -> None:
    assert (await procore.client.get(path)).headers["Per-Page"] == default
    much = await procore.client.get(f"{path}{'&' if '?' in path else '?'}per_page=5000")
    assert much.headers["Per-Page"] == largest


async def test_a_page_that_is_no_number_is_refused(procore: Any) -> None:
    answer = await procore.client.get(REQUISITIONS, params={"project_id": 301, "page": "two"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"filters[status]": "draft"}, [7002, 7004, 7006]),
        ({"filters[id][]": ["7001", "7006"]}, [7001, 7006]),
        ({"filters[updated_at]": "2026-06-03T00:00:00Z...2026-06-05T00:00:00Z"}, [7003, 7004, 7005]),
        ({"filters[updated_at]": "2026-06-06T00:00:00Z..."}, [7006, 7007]),
        ({"filters[created_at]": "2026-06-02"}, [7002]),
        ({"filters[commitment_id]": "802"}, []),
        ({"filters[period_id]": "3301"}, [7001, 7002, 7003, 7004, 7005, 7006, 7007]),
        ({"filters[is_last]": "true"}, [7007]),
        ({"filters[origin_id]": "nothing"}, []),
        ({"filters[nobody_knows]": "1"}, [7001, 7002, 7003, 7004, 7005, 7006, 7007]),
    ],
)
async def test_filters_of_progress_claims(procore: Any, query: dict[str, Any], expected: list[int]) -> None:
    assert _ids(await procore.get(REQUISITIONS, project_id=301, **query)) == expected


async def test_a_range_that_is_none_is_refused(procore: Any) -> None:
    answer = await procore.client.get(REQUISITIONS, params={"project_id": 301, "filters[updated_at]": "soon"})
    assert answer.status_code == 400


async def test_direct_costs_ignore_a_filter_by_status(procore: Any) -> None:
    assert _ids(await procore.get(COSTS, **{"filters[status]": "approved"})) == [4401, 4402]
    assert _ids(await procore.get(COSTS, **{"filters[invoice_number]": "L-1"})) == [4401]
    assert _ids(await procore.get(COSTS, **{"filters[origin_id]": "ledgerworks:1"})) == [4401]
    assert _ids(await procore.get(COSTS, **{"filters[received_date]": "2026-06-01...2026-06-30"})) == [4401]


async def test_head_claims_have_filters_only_below_their_contract(procore: Any) -> None:
    query = {"project_id": 301, "filters[id][]": "6601"}
    assert _ids(await procore.get("/rest/v1.0/payment_applications", **query)) == [6601, 6602]
    below = "/rest/v1.0/prime_contracts/901/payment_applications"
    assert _ids(await procore.get(below, **query)) == [6601]
    assert _ids(await procore.get(below, project_id=301, **{"filters[is_last]": "true"})) == [6602]


async def test_lines_are_only_in_the_views_that_have_them(procore: Any) -> None:
    row = (await procore.get(REQUISITIONS, project_id=301))[0]
    assert "items" not in row
    assert row["summary"]["current_payment_due"] == "90.00"
    header = await procore.get(f"{REQUISITIONS}/7001", project_id=301, view="header_only")
    assert not {"items", "summary"} & header.keys()
    whole = await procore.get(f"{REQUISITIONS}/7001", project_id=301, view="extended")
    assert whole["items"][0]["cost_code_id"] == 90
    assert whole["items"][0]["taxes"][0] == {"tax_code_name": "GST@10%", "tax_code_rate": 0.1, "tax_code_id": 88}
    types = [part["segment_type"] for part in whole["items"][0]["wbs_code"]["segment_items"]]
    assert types == ["cost_code", "line_item_type"]
    strange = await procore.client.get(f"{REQUISITIONS}/7001", params={"project_id": 301, "view": "everything"})
    assert strange.status_code == 400


async def test_vendor_of_a_direct_cost_is_text_in_the_list_and_an_object_in_the_detail(procore: Any) -> None:
    row, expense = await procore.get(COSTS)
    assert row["vendor"] == "Vero Pty Ltd"
    assert "line_items" not in row
    whole = await procore.get(f"{COSTS}/4401")
    assert whole["vendor"] == {"id": 1, "name": "Vero Pty Ltd"}
    assert [line["amount"] for line in whole["line_items"]] == ["1250.50", "125.0"]
    assert whole["grand_total"] == "1375.50"
    assert expense["vendor"] is None
    assert expense["employee"] == {"id": 5, "name": "Sam Sample"}


async def test_rates_are_numbers_on_claims_and_text_elsewhere(procore: Any) -> None:
    claim = await procore.get(f"{REQUISITIONS}/7001", project_id=301)
    cost = await procore.get(f"{COSTS}/4401")
    head = await procore.get("/rest/v1.0/payment_applications/6601", project_id=301)
    rates = [one["currency_configuration"]["currency_exchange_rate"] for one in (claim, cost, head)]
    assert rates == [1.0, "1.0", "1.0"]
    assert claim["percent_complete"].endswith("%")
    assert not head["percent_complete"].endswith("%")


async def test_certificates_hold_together(procore: Any) -> None:
    head = await procore.get("/rest/v1.0/payment_applications/6602", project_id=301)
    block = head["g702"]
    assert block["total_completed_and_stored_to_date"] == "3450.00"
    assert block["current_payment_due"] == "2150.00"  # 2000 of work, and 450 stored less 300 stored before
    assert head["total_amount_accrued_this_period"] == "2150.00"
    assert block["less_previous_certificates_for_payment"] == "1300.00"


async def test_projects_by_status_and_in_order(procore: Any) -> None:
    path = "/rest/v1.1/projects"
    assert _ids(await procore.get(path, company_id=100)) == [301, 302]
    assert _ids(await procore.get(path, company_id=100, sort="-name")) == [301, 302]
    assert _ids(await procore.get(path, company_id=100, sort="name")) == [302, 301]
    assert _ids(await procore.get(path, company_id=100, **{"filters[by_status]": "Active"})) == [301]
    assert _ids(await procore.get(path, company_id=100, **{"filters[by_status]": "Inactive"})) == [302]
    detail = await procore.get("/rest/v1.0/projects/301", company_id=100)
    assert detail["display_name"] == "2235 - Quay"


async def test_vendors_can_be_searched(procore: Any) -> None:
    rows = await procore.get("/rest/v1.0/vendors", company_id=100, **{"filters[search]": "VERO"})
    assert _ids(rows) == [1]
    assert rows[0]["legal_name"] == ""
    assert _ids(await procore.get("/rest/v1.0/projects/302/vendors")) == [1]
    assert _ids(await procore.get("/rest/v1.0/projects/301/vendors")) == [1, 2]


async def test_cost_codes_of_a_sub_job(procore: Any) -> None:
    assert _ids(await procore.get("/rest/v1.0/cost_codes", project_id=301)) == [90, 91]
    assert _ids(await procore.get("/rest/v1.0/cost_codes", project_id=301, sub_job_id=501)) == [91]


async def test_a_sub_job_segment_only_where_the_project_has_sub_jobs(procore: Any) -> None:
    included = {}
    for project in (301, 302):
        rows = await procore.get(f"/rest/v1.0/projects/{project}/work_breakdown_structure/segments")
        included[project] = [row["type"] for row in rows if row["is_included_in_project_pattern"]]
    assert included[301] == ["sub_job", "cost_code", "line_item_type"]
    assert included[302] == ["cost_code", "line_item_type"]


async def test_commitments_by_kind_and_deleted_ones_on_request(procore: Any) -> None:
    path = "/rest/v1.0/work_order_contracts"
    assert _ids(await procore.get(path, project_id=301)) == [801]
    assert _ids(await procore.get(path, project_id=301, **{"filters[include_deleted]": "true"})) == [801, 803]
    assert _ids(await procore.get("/rest/v1.0/purchase_order_contracts", project_id=301)) == [802]
    row = (await procore.get(path, project_id=301))[0]
    assert row["vendor"] == {"id": 1, "company": "Vero Pty Ltd"}
    assert (await procore.get(f"{path}/801", project_id=301))["vendor"]["name"] == "Vero Pty Ltd"
    assert (await procore.client.get(f"{path}/802", params={"project_id": 301})).status_code == 404


async def test_v2_wraps_and_has_ids_as_text(procore: Any) -> None:
    path = "/rest/v2.0/companies/100/projects/301/commitment_contracts"
    rows = (await procore.get(path))["data"]
    assert [row["id"] for row in rows] == ["801", "802"]
    assert (await procore.get(f"{path}/801"))["data"]["vendor_id"] == "1"
    refused = await procore.client.get(f"{path}/1")
    assert refused.json()["error"]["code"] == "NOT_FOUND"


async def test_one_head_contract_is_under_the_singular(procore: Any) -> None:
    one = await procore.get("/rest/v1.0/prime_contract/901", project_id=301)
    assert one["vendor"]["name"] == "Client Trust"
    wrong = await procore.client.get("/rest/v1.0/prime_contracts/901?project_id=301")
    assert wrong.status_code == 404


async def test_currency_of_company_and_projects(procore: Any) -> None:
    company = "/rest/v1.0/companies/100"
    assert (await procore.get(f"{company}/currency_configuration"))["currency_iso_code"] == "AUD"
    rates = (await procore.get(f"{company}/currency_configuration/exchange_rates"))["exchange_rates"]
    assert rates[0]["exchange_rate"] == "0.6512"
    own = await procore.get(f"{company}/projects/302/currency_configuration")
    assert own["currency_iso_code"] == "USD"
    assert own["company_currency_exchange_rate_override"] is None
    assert (await procore.get(f"{company}/projects/301/currency_configuration"))["currency_iso_code"] == "AUD"
    assert await procore.get(f"{company}/projects/301/currency_configuration/exchange_rates") == {"exchange_rates": []}


async def test_segments_and_rates_come_whole(procore: Any) -> None:
    answer = await procore.client.get("/rest/v1.0/projects/301/work_breakdown_structure/segments?per_page=1")
    assert len(answer.json()) == 3
    assert "Total" not in answer.headers


async def test_text_that_utf_8_can_not_hold_goes_out_as_its_escape(start: Any) -> None:
    data = {"clock": "2026-07-03T09:00:00Z", "procore": {"projects": [{"id": 1, "name": "Quay \ud800 St"}]}}
    procore = start(scenario_from(data, "hostile"))
    await procore.sign_in()
    assert (await procore.get("/rest/v1.1/projects", company_id=1))[0]["name"] == "Quay \ud800 St"
