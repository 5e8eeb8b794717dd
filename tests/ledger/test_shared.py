"""Shared settings in the ledger: versions by organisation, and of two saves at once only one."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from smoothx_tui.ledger.store import Ledger

ORG = "5ca1ab1e-0000-4000-8000-000000000001"


def test_each_organisation_has_its_own_versions(ledger: Ledger, time: Any) -> None:
    assert ledger.shared.newest(ORG) is None
    assert ledger.shared.head(ORG) == 0
    first = ledger.shared.put(ORG, 0, "a = 1\n", who="ann", changes=("a: absent -> 1",))
    time.pass_by(60)
    second = ledger.shared.put(ORG, 1, "a = 2\n", who="bob", changes=("a: 1 -> 2",))
    ledger.shared.put("another", 0, "b = 1\n", who="eve")
    assert ledger.shared.newest(ORG) == second
    assert ledger.shared.versions(ORG) == [first, second]
    assert second is not None
    assert first is not None
    assert (second.revision, second.who, second.text, second.changes) == (2, "bob", "a = 2\n", ("a: 1 -> 2",))
    assert (second.at - first.at).total_seconds() == 60
    noted = [one.detail for one in ledger.audit_entries() if one.event == "settings" and one.organisation == ORG]
    assert [detail.rpartition(" ")[0] for detail in noted] == ["shared revision 1", "shared revision 2"]


def test_a_save_from_an_older_version_writes_nothing(ledger: Ledger) -> None:
    ledger.shared.put(ORG, 0, "a = 1\n", who="ann")
    assert ledger.shared.put(ORG, 0, "a = 2\n", who="bob") is None
    assert ledger.shared.put(ORG, 7, "a = 2\n", who="bob") is None
    assert [one.text for one in ledger.shared.versions(ORG)] == ["a = 1\n"]


def test_of_many_saves_at_once_one_wins_each_round(url: str) -> None:
    ledger = Ledger.open(url)
    with ThreadPoolExecutor(4) as pool:
        for known in range(5):
            made = list(pool.map(lambda who, at=known: ledger.shared.put(ORG, at, who, who=who), "abcd"))
            assert sum(one is not None for one in made) == 1
    assert [one.revision for one in ledger.shared.versions(ORG)] == [1, 2, 3, 4, 5]
    assert ledger.verify()[1] == []
    ledger.close()


def test_who_is_here_is_told_by_organisation(ledger: Ledger) -> None:
    ledger.consoles.present("one", ORG, "ann", "host1")
    ledger.consoles.present("two", "another", "bob", "host2")
    assert [one.who for one in ledger.consoles.there(ORG)] == ["ann"]
    assert [one.who for one in ledger.consoles.there("another")] == ["bob"]
