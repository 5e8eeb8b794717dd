"""The judge of the killed processes can fail, and a small run of it: more by `python -m tests.simulation.kills`."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.simulation.kill_judge import Verdict, judge

URLS = {"claim:1": "one", "claim:2": "two"}
LINKED = {"claim:1": "a", "claim:2": "b"}
BOOKS = {"one": Counter(AUTHORISED=1), "two": Counter(AUTHORISED=1), "other": Counter(PAID=3)}


def judged(
    books: dict[str, Counter[str]], linked: dict[str, str] = LINKED, ended: tuple[str, ...] = (), **told: list[str]
) -> Verdict:
    return judge(URLS, BOOKS | books, {"other": Counter(PAID=3)}, linked, ended, **told)


def test_one_document_each_is_right() -> None:
    verdict = judged({})
    assert (verdict.wrong, verdict.items, verdict.documents, verdict.lines()) == (0, 2, 2, [])
    assert judged({"two": Counter(VOIDED=1)}, ended=("claim:2",)).wrong == 0


@pytest.mark.parametrize("statuses", [{"AUTHORISED": 2}, {"AUTHORISED": 1, "DRAFT": 1}, {"AUTHORISED": 1, "VOIDED": 1}])
def test_a_second_document_is_a_double_even_when_it_was_voided(statuses: dict[str, int]) -> None:
    assert judged({"two": Counter(statuses)}).doubled == ("claim:2",)


def test_a_document_that_is_not_there_not_alive_or_not_known_is_lost() -> None:
    assert judged({"two": Counter()}).lost == ("claim:2",)
    assert judged({"two": Counter(VOIDED=1)}).lost == ("claim:2",)
    assert judged({}, linked={"claim:1": "a"}).lost == ("claim:2",)
    assert judged({}, ended=("claim:1",)).lost == ("claim:1",), "said to be voided, and alive"


def test_a_document_of_nobody_is_a_stray() -> None:
    assert judged({"other": Counter(PAID=4)}).strays == ("other",)
    assert judged({"": Counter(DRAFT=1)}).strays == ("",)


def test_what_is_stuck_and_what_the_product_says_count() -> None:
    verdict = judged({}, stuck=["claim:1 sending"], other=["verify: claim:2 broken"])
    assert verdict.wrong == 2
    assert verdict.lines() == ["stuck: 1: claim:1 sending", "other: 1: verify: claim:2 broken"]


def test_killed_workers_make_each_document_once_and_a_planted_double_is_seen() -> None:
    command = [sys.executable, "-m", "tests.simulation.kills", "--items", "6", "--kills", "10", "--speed", "20"]
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [*command, "--stops", "0", "--plant"], cwd=root, capture_output=True, text=True, timeout=100, check=False
    )
    assert "create: 6 items, 6 documents, 0 wrong" in run.stdout, run.stdout + run.stderr
    assert "| planted | 6 | 6 | 1 | 1 | 0 | 0 | 0 |" in run.stdout
    assert run.returncode == 1
