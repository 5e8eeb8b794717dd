"""Everything that can be wrong with an account: one clear line with the next step, in doctor and where one works."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from smoothx_tui.accounts.accounts import Accounts
from smoothx_tui.accounts.checks import check_profile
from smoothx_tui.base.clock import SystemClock
from smoothx_tui.sandbox.faults import fault_plan_from
from smoothx_tui.sandbox.scenario import default_scenario
from smoothx_tui.sandbox.server import Sandbox


@pytest.fixture
def place(here: Path, serve: Any, consent: Callable[..., None]) -> Iterator[Any]:
    """A served sandbox, and a profile `far` on it by consents."""
    with serve(Sandbox.from_scenario(default_scenario())) as served:
        consent(served)
        yield served


def doctor(command: Any) -> tuple[int, dict[str, str]]:
    """The exit code, and what is wrong: part -> text and fix."""
    code, out, err = command("doctor", "--json")
    assert err == ""
    wrong = {
        one["part"]: f"{one['text']} | {one['fix']}" for one in json.loads(out)["parts"] if one["level"] == "wrong"
    }
    return code, wrong


def line(command: Any) -> tuple[int, str]:
    """What `plan` says where it cannot work: one line."""
    code, out, err = command("plan", "--json")
    assert out == ""
    assert len(err.splitlines()) == 1, err
    return code, err


def test_nothing_is_wrong(command: Any, place: Any) -> None:
    code, out, _ = command("doctor", "--json")
    found = {one["part"]: one for one in json.loads(out)["parts"]}
    assert {one["level"] for one in found.values()} <= {"ok", "note"}, out
    assert "calls left" in found["Xero organisation"]["text"]
    assert "not encrypted" in json.dumps(json.loads(out)["parts"])
    assert code == 0


def test_revoked(command: Any, place: Any) -> None:
    store = place.sandbox.tokens.xero
    for token in list(store._refresh):
        store.revoke(token)
    code, wrong = doctor(command)
    assert code == 4
    said = "it was revoked, or not used for too long: smoothx-tui connect xero --profile far"
    assert wrong == {"Xero sign-in": f"Xero does not accept the stored sign-in any more | {said}"}
    code, said = line(command)
    assert code == 4
    assert "smoothx-tui connect xero --profile far" in said


def test_expired_grant(command: Any, place: Any) -> None:
    for row in place.sandbox.tokens.procore._refresh.values():
        row.expires_at = 0
    place.sandbox.tokens.procore.expire_access()
    code, wrong = doctor(command)
    assert (code, list(wrong)) == (4, ["Procore sign-in"])
    assert "smoothx-tui connect procore --profile far" in wrong["Procore sign-in"]


def test_wrong_scope(command: Any, place: Any, consent: Callable[..., None]) -> None:
    consent(place, scope="offline_access accounting.contacts accounting.settings.read")
    code, wrong = doctor(command)
    assert code == 4
    assert "not granted: accounting.invoices, accounting.settings" in wrong["Xero secrets"]
    code, said = line(command)
    assert (code, "consent does not cover this call" in said) == (4, True)


def test_wrong_tenant(command: Any, place: Any, consent: Callable[..., None]) -> None:
    consent(place, tenant="00000000-0000-4000-8000-00000000dead")
    code, wrong = doctor(command)
    assert code == 4
    assert "does not reach" in wrong["Xero organisation"]
    code, said = line(command)
    assert code == 4
    assert place.sandbox.xero.organisation["Name"] in said


def test_a_company_that_is_not_ours(command: Any, place: Any, consent: Callable[..., None]) -> None:
    consent(place, company="77")
    code, wrong = doctor(command)
    assert (code, list(wrong)) == (1, ["Procore sign-in"])
    assert "You do not have access to this company" in wrong["Procore sign-in"]


def test_no_permission_on_one_project(command: Any, place: Any) -> None:
    project = next(iter(place.sandbox.procore.dump()["projects"]))
    place.sandbox.procore.lost[int(project["id"])] = "forbidden"
    code, out, err = command("plan", "--json")
    assert code == 0, err
    said = [text for text in json.loads(out)["problems"] if "permission" in text]
    assert said
    assert len(json.loads(out)["items"]) > 50, "the other projects are there"
    code, wrong = doctor(command)
    assert wrong == {}


@pytest.mark.parametrize("minutes", [10, -10, 2])
async def test_a_clock_that_is_off(place: Any, here: Path, minutes: int) -> None:
    class Off(SystemClock):
        def now(self) -> datetime:
            return datetime.now(UTC) + timedelta(minutes=minutes)

    accounts = Accounts(os.environ, clock=Off())
    profile = accounts.profiles().get("far")
    found = [one for one in await check_profile(accounts, profile) if one.level != "ok" and "encrypted" not in one.text]
    assert {one.part for one in found} == {"clock"}, "and nothing else minds"
    told = f"this machine is {abs(minutes)} min {'ahead of' if minutes > 0 else 'behind'} Xero"
    assert any(one.text == told or one.text == told.replace("2 min", "120 s") for one in found)
    assert {one.level.value for one in found} == {"wrong" if abs(minutes) == 10 else "note"}
    assert "timedatectl" in found[0].fix


def test_a_proxys_page(command: Any, place: Any, consent: Callable[..., None]) -> None:
    consent(place, seconds=0)
    rule = {"what": "bad_gateway", "side": "xero", "path": "^/connect/token"}
    place.sandbox.breaking.plan = fault_plan_from([rule])
    code, wrong = doctor(command)
    assert code == 3
    assert "try again later" in wrong["Xero sign-in"]
    assert list(place.sandbox.tokens.xero._refresh), "nothing was used up by it"


def test_a_secrets_file_that_others_can_read(command: Any, place: Any, here: Path) -> None:
    file = here / "state" / "smoothx-tui" / "sign-ins" / "far.xero.json"
    file.chmod(0o644)
    code, wrong = doctor(command)
    assert code == 2
    assert f"chmod 600 {file}" in wrong["Xero secrets"]
    code, said = line(command)
    assert (code, f"chmod 600 {file}" in said) == (2, True)


def test_profiles_that_others_can_write(command: Any, place: Any, here: Path) -> None:
    file = here / "config" / "smoothx-tui" / "profiles.toml"
    file.chmod(0o666)
    code, wrong = doctor(command)
    assert (code, list(wrong)) == (2, ["profiles"])
    assert f"chmod 600 {file}" in wrong["profiles"]


def test_a_host_that_is_not_there_and_a_certificate_of_nobody(
    command: Any, place: Any, served: Any, consent: Callable[..., None]
) -> None:
    consent(place, xero="http://127.0.0.1:9/xero", procore=served.procore)
    code, wrong = doctor(command)
    assert code == 3
    assert "cannot be reached" in wrong["Xero host"]
    assert "CERTIFICATE_VERIFY_FAILED" in wrong["Procore host"]
    assert "certificate of your own authority" in wrong["Procore host"]


def test_half_a_profile_and_none(command: Any, place: Any, here: Path) -> None:
    assert command("disconnect", "xero", "--forget", "--yes")[0] == 0
    code, wrong = doctor(command)
    assert (code, wrong["Xero"]) == (
        4,
        "profile far has no Xero connected | smoothx-tui connect xero --profile far",
    )
    code, _, err = command("plan", "--profile", "nobody")
    assert (code, err) == (2, "smoothx-tui: there is no profile nobody (there is far)\n")
    (here / "state" / "smoothx-tui" / "sign-ins" / "far.procore.json").unlink()
    _, wrong = doctor(command)
    assert "nothing is kept" in wrong["Procore secrets"]
