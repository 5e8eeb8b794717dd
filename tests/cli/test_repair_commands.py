"""unsync, link, unlink, resolve, verify: what they do to both sides and the ledger, and what they refuse."""

import json
import sqlite3
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

XERO = "https://go.xero.com/AccountsPayable/View.aspx?InvoiceID="


def ledger_file(here: Path) -> Path:
    return next((here / "state" / "smoothx-tui").glob("sandbox-7d1f0a52-*.sqlite3"))


def changed(here: Path, statement: str, *values: Any) -> None:
    """Somebody with an editor for databases."""
    with closing(sqlite3.connect(ledger_file(here))) as connection:
        connection.execute(statement, values)
        connection.commit()


def audited(here: Path) -> list[str]:
    """The events of the audit chain, oldest first."""
    with closing(sqlite3.connect(ledger_file(here))) as connection:
        return [row[0] for row in connection.execute("select event from audit order by number")]


@pytest.fixture
def at(command: Any, small: Any) -> Any:
    """Run one command on the small sandbox; `yes` is said and the answer is JSON."""

    def ran(*arguments: str) -> Any:
        small.post("/admin/clock", advance=2)  # two changes in one second are a case of their own
        return command(*arguments, "--sandbox", small.address)

    return ran


@pytest.fixture
def synced(at: Any, small: Any) -> str:
    """HC-0045 is a bill; its document's id."""
    done = at("sync", "--item", "HC-0045", "--yes", "--json")
    assert done.code == 0, done.err
    return str(json.loads(done.out)["results"][0]["document_id"])


def test_unsync_unlocks_in_procore_and_keeps_the_rest(at: Any, small: Any, synced: str) -> None:
    assert small.item("HC-0045")["origin_id"].endswith(synced)
    done = at("unsync", XERO + synced, "--yes", "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert (told["action"], told["outcome"], told["document_id"]) == ("unsync", "done", synced)
    assert not small.item("HC-0045")["origin_id"]
    assert [one["InvoiceID"] for one in small.invoices] == [synced], "the document stays"
    shown = json.loads(at("show", "HC-0045", "--json").out)
    assert shown["item"]["document"]["id"] == synced, "the link stays"
    assert [one["action"] for one in shown["history"]] == ["unlock", "create"]

    again = at("unsync", "HC-0045", "--yes")
    assert (again.code, again.out) == (2, "")
    assert "is not locked in Procore (there is nothing of ours to clear)" in again.err


def test_unlink_forgets_and_says_that_the_document_is_found_again(at: Any, small: Any, synced: str) -> None:
    done = at("unlink", small.item("HC-0045")["id"].__str__(), "--yes")
    assert done.code == 0
    assert "is not linked any more" in done.out
    assert "Procore's lock still names the document" in done.err
    again = at("unlink", "HC-0045", "--yes")
    assert (again.code, "has no link in the ledger" in again.err) == (2, True)


def test_link_takes_an_id_an_address_or_a_number_and_everything_is_audited(
    at: Any, small: Any, here: Path, synced: str
) -> None:
    """A bill that a bookkeeper made of our draft: other number, no Url."""
    small.post(f"/admin/xero/invoices/{synced}/edit", InvoiceNumber="SI-77", Url="")
    assert at("unsync", "HC-0045", "--yes").code == 0
    for form in (synced, XERO + synced, "SI-77"):
        assert at("unlink", "HC-0045", "--yes").err == ""
        done = at("link", "HC-0045", form, "--yes", "--json")
        assert done.code == 0, done.err
        assert json.loads(done.out)["text"] == "is linked to SI-77; the next plan compares the two"
    again = at("link", "HC-0045", synced, "--yes")
    assert (again.code, "is linked to SI-77 already" in again.out) == (0, True)
    assert json.loads(at("show", XERO + synced, "--json").out)["item"]["number"] == "HC-0045"
    log = [(one["action"], one["approved_by"]) for one in json.loads(at("log", "--json").out)["operations"]]
    assert log == [("create", "operator"), ("unlock", "operator")]
    assert audited(here) == ["approved", "done", "approved", "done", *["unlink", "link"] * 3]


def test_link_refuses_what_does_not_fit(at: Any, small: Any, synced: str) -> None:
    head = "PC-26" if "PC-26" in at("items").out else json.loads(at("items", "--json").out)["items"][-1]["number"]
    refusals = {
        ("EP-0100", "NO-SUCH"): "Xero has no document with the number NO-SUCH",
        ("EP-0100", synced): "HC-0045 names claim:",
        ("EP-0100", XERO): "names no document",
        ("HC-0045", "00000000-0000-4000-8000-00000000dead"): "Xero has no document",
        (head, synced): "HC-0045 names claim:",
    }
    for (item, document), said in refusals.items():
        done = at("link", item, document, "--yes")
        assert (done.code, done.out) == (2, "")
        assert said in done.err
    small.post(f"/admin/xero/invoices/{synced}/edit", Url="")
    wrong = at("link", head, synced, "--yes")
    assert (wrong.code, "of the wrong type" in wrong.err) == (2, True)
    taken = at("link", "EP-0100", synced, "--yes")
    assert (taken.code, "is linked to claim:" in taken.err, "unlink claim:" in taken.err) == (2, True, True)


def test_an_operation_that_has_not_ended_is_in_the_way(at: Any, here: Path, synced: str) -> None:
    changed(here, "update operations set open = 1, state = 'held', text = 'two of them'")
    for arguments in (("unsync", "HC-0045"), ("unlink", "HC-0045"), ("link", "HC-0045", synced)):
        done = at(*arguments, "--yes")
        assert (done.code, done.out) == (2, "")
        assert "has an operation that has not ended: two of them" in done.err
        assert "smoothx-tui resolve" in done.err


def test_resolve_adopts_the_one_document_there_is(at: Any, here: Path, synced: str) -> None:
    changed(here, "update operations set open = 1, state = 'held', document_id = ''")
    operation = json.loads(at("log", "--json").out)["operations"][0]["id"]
    done = at("resolve", operation[:8], "--yes", "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert (told["outcome"], told["document_id"], told["operation_id"]) == ("done", synced, operation)
    ended = at("resolve", operation, "--yes")
    assert (ended.code, f"operation {operation} is done" in ended.err) == (2, True)


def test_resolve_as_never_made_frees_the_item(at: Any, small: Any, here: Path, synced: str) -> None:
    small.post(f"/admin/xero/invoices/{synced}/delete")
    changed(here, "update operations set open = 1, state = 'held', document_id = ''")
    refused = at("resolve", "HC-0045", "--yes")
    assert (refused.code, "Xero has no document that names" in refused.err) == (2, True)
    done = at("resolve", "HC-0045", "--not-there", "--yes")
    assert (done.code, "it was never made" in done.out) == (1, True), "not done: the item is to be planned again"
    assert at("resolve", "HC-0045", "--yes").code == 2


@pytest.mark.parametrize("arguments", [("unsync", "1"), ("link", "1", "2"), ("unlink", "1"), ("resolve", "1")])
def test_they_ask_and_are_refused_where_nobody_could_answer(run: Any, session: Any, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"smoothx-tui: {arguments[0]} asks before it changes anything")
    done = run(*arguments, "--yes", "--read-only")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "--read-only" in done.err


def test_only_a_typed_yes_repairs(at: Any, small: Any, synced: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smoothx_tui.cli.output.Output.asks", property(lambda _: True))
    monkeypatch.setattr("sys.stdin", StringIO("y\n"))
    done = at("unsync", "HC-0045")
    assert (done.code, done.out) == (0, "")
    assert "Unlock claim:" in done.err
    assert "Harbourline Pty Ltd SANDBOX. Type yes: nothing was changed\n" in done.err
    assert small.item("HC-0045")["origin_id"]
    monkeypatch.setattr("sys.stdin", StringIO("yes\n"))
    assert at("unsync", "HC-0045").code == 0
    assert not small.item("HC-0045")["origin_id"]


# verify --------------------------------------------------------------------------------------------------------------


def found(done: Any) -> set[str]:
    return {one["fault"] for one in json.loads(done.out)["found"]}


def test_verify_finds_what_is_planted(at: Any, small: Any, here: Path, synced: str) -> None:
    done = at("verify", "--json")
    assert (done.code, found(done)) == (0, set())
    told = json.loads(done.out)
    assert (told["links"], len(told["audit_head"])) == (1, 64)
    shown = at("verify")
    assert (shown.code, shown.out) == (0, "")
    assert shown.err.endswith(f"1 links hold\naudit chain head: {told['audit_head']}\n")

    assert at("sync", "--item", "EP-0100", "--yes").code == 0
    urls = {one["InvoiceID"]: one["Url"] for one in small.invoices}
    other = next(document for document in urls if document != synced)
    small.post(f"/admin/xero/invoices/{other}/edit", Url=urls[synced])
    done = at("verify", "--json")
    assert (done.code, found(done)) == (1, {"duplicate"})
    small.post(f"/admin/xero/invoices/{other}/edit", Url=urls[other])

    changed(here, "update links set document_id = '00000000-0000-4000-8000-00000000dead' where document_id = ?", synced)
    done = at("verify", "--json")
    assert (done.code, "broken_link" in found(done)) == (1, True)
    fix = next(one["fix"] for one in json.loads(done.out)["found"] if one["fault"] == "broken_link")
    assert at(*fix.split()[1:], "--yes").code == 0, "the fix is a command that works"

    for edit in ("update audit set who = 'nobody' where number = 2", "delete from audit where number = 1"):
        changed(here, edit)
        done = at("verify", "--json")
        assert (done.code, "audit" in found(done)) == (1, True)
