import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoothx_tui.procore.addresses import item_named_by, item_url, project_named_by
from smoothx_tui.procore.items import Kind
from smoothx_tui.procore.origin import as_origin_id, origin_id_for, origin_of


@given(st.uuids(), st.uuids())
def test_a_mark_reads_back(tenant: object, document: object) -> None:
    mark = origin_id_for(str(tenant).upper(), str(document).upper())
    origin = origin_of(mark)
    assert origin is not None
    assert origin.document_id == str(document)
    assert origin.belongs_to(str(tenant))
    assert not origin.belongs_to("zzzzzzzz")


@pytest.mark.parametrize("text", ["", "null", "ERP-7", "xero:abc:def", "xero:7c1f0d1e:", "xero:7c1f0d1e"])
def test_another_program_s_mark_is_not_ours(text: str) -> None:
    assert origin_of(text) is None


def test_a_number_is_a_mark_too() -> None:
    assert as_origin_id(4711) == "4711"
    assert as_origin_id(["x"]) == ""


def test_null_as_text_is_no_mark() -> None:
    assert as_origin_id("null") == ""


ids = st.integers(1, 10**17).map(str)


@given(st.sampled_from(list(Kind)), ids, ids, ids, ids)
def test_an_address_reads_back(kind: Kind, company: str, project: str, contract: str, item: str) -> None:
    url = item_url(kind, company=company, project=project, contract=contract, item=item)
    assert item_named_by(url) == (kind, item)
    assert item_named_by(url.replace("app.procore.com", "eu.procore.example") + "/?tab=general") == (kind, item)
    assert project_named_by(url) == project


@given(st.text())
def test_any_other_text_is_no_address(text: str) -> None:
    assert item_named_by(text) is None
    assert project_named_by(text) is None
