"""The whole job through the real client stack, against a served sandbox as a foreign host with a private authority."""

import json
import os
import re
import signal
import socket
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import tomli_w

from smoothx_tui.sandbox.default_scenario.reference import COMPANY_ID
from smoothx_tui.sandbox.scenario import default_scenario

PROGRAM = [sys.executable, "-m", "smoothx_tui"]


def bookkeeping(here: Path, served: Any) -> None:
    """The mapping that fits the scenario; a real organisation has its own."""
    (here / "settings.toml").write_text(tomli_w.dumps(served.sandbox.scenario.settings))


def browser(address: str, ca: Path) -> str:
    """What a person's browser does with the printed address: consent, and be sent back. Returns where to."""
    answer = httpx.get(address, verify=ssl.create_default_context(cafile=str(ca)), follow_redirects=False)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["location"])


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def consented(arguments: list[str], authority: Any, *, paste: bool, **variables: str) -> tuple[int, str]:
    """Run `connect` in a process of its own, and be the browser. Exit code and standard error."""
    environ = {**os.environ, **variables}
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environ,
    )
    said = ""
    with process:
        assert process.stderr is not None
        while not (found := re.search(r"^https://\S+$", said, re.MULTILINE)):
            line = process.stderr.readline()
            assert line, said
            said += line
        back = browser(found[0], authority.ca)
        if paste:
            assert process.stdin is not None
            process.stdin.write(back + "\n")
            process.stdin.close()
            process.stdin = None
        else:
            forged = re.sub(r"state=[^&]*", "state=forged", back)
            assert httpx.get(forged).status_code == 400
            assert httpx.get(back.replace("/callback", "/elsewhere")).status_code == 404
            page = httpx.get(back)
            assert (page.status_code, "Signed in" in page.text) == (200, True)
        rest = process.stderr.read()  # `communicate` would not see what has been read ahead
    return process.returncode, said + rest


def test_consent_refresh_plan_sync_disconnect(command: Any, served: Any, authority: Any, here: Path) -> None:
    common = ["--profile", "far", "--client-id", "sandbox", "--store", "file", "--ca-file", str(authority.ca)]
    xero = ["connect", "xero", "--base-url", served.xero, *common, "--port", str(free_port())]
    code, said = consented(xero, authority, paste=False)
    assert (code, "this is not Xero's own host" in said) == (0, True), said
    assert "next: smoothx-tui connect procore --profile far" in said
    procore = ["connect", "procore", "--base-url", served.procore, *common, "--secret-from", "env", "--paste"]
    code, said = consented(procore, authority, paste=True, SMOOTHX_PROCORE_CLIENT_SECRET="sandbox")
    assert code == 0, said

    profiles = here / "config" / "smoothx-tui" / "profiles.toml"
    assert stat.S_IMODE(profiles.stat().st_mode) == 0o600
    folder = here / "state" / "smoothx-tui" / "sign-ins"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()} == {0o600}
    before = json.loads((folder / "far.xero.json").read_text())["grant"]

    bookkeeping(here, served)
    served.sandbox.tokens.xero.expire_access()
    served.sandbox.tokens.procore.expire_access()
    code, out, err = command("plan", "--item", "HC-0045", "--out", "p.json", "--json")
    assert code == 0, err
    assert json.loads(out)["organisation"]["environment"] == "OTHER HOST"
    after = json.loads((folder / "far.xero.json").read_text())["grant"]
    assert (after["generation"], after["previous"]) == (2, before["refresh"])

    code, out, err = command("sync", "--plan", "p.json", "--yes", "--json")
    assert (code, [one["outcome"] for one in json.loads(out)["results"]]) == (0, ["done"]), err
    assert [one.name.partition("-")[0] for one in (here / "state" / "smoothx-tui").glob("*.sqlite3")] == ["other"]

    code, _, err = command("disconnect", "--yes")
    assert (code, err.count("the consent was revoked")) == (0, 2)
    assert [one.name for one in folder.iterdir() if one.suffix == ".json"] == []
    assert after["refresh"] not in served.sandbox.tokens.xero._refresh
    code, _, err = command("plan")
    assert (code, err.strip()) == (
        4,
        "smoothx-tui: profile far has no Procore connected (smoothx-tui connect procore --profile far)",
    )


def test_client_credentials_plan_and_another_place(command: Any, connected: Any, here: Path) -> None:
    bookkeeping(here, connected)
    code, out, err = command("plan", "--item", "HC-0045", "--json", "--out", "p.json")
    assert code == 0, err
    assert json.loads(out)["profile"] == "far"
    frozen = (here / "p.json").read_text()
    other = json.loads(frozen)["organisation"]["tenant_id"]
    (here / "p.json").write_text(frozen.replace(other, "00000000-0000-4000-8000-00000000dead"))
    code, _, err = command("sync", "--plan", "p.json", "--yes")
    assert (code, "was made for" in err) == (2, True), err


@contextmanager
def served_over_tls(authority: Any) -> Iterator[str]:
    """A sandbox in a process of its own: its address."""
    serve = [*PROGRAM, "sandbox", "serve", "--tls", str(authority.certificate), str(authority.key)]
    with subprocess.Popen(serve, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            yield process.stderr.readline().split()[2]
        finally:
            process.send_signal(signal.SIGINT)


def test_a_sandbox_that_is_served_over_tls(command: Any, authority: Any, here: Path) -> None:
    with served_over_tls(authority) as base:
        assert base.startswith("https://127.0.0.1:")
        common = ["--client-id", "sandbox", "--ca-file", str(authority.ca), "--profile", "far"]
        arguments = ["connect", "xero", "--custom-connection", "--base-url", f"{base}/xero", *common]
        code, _, err = command(*arguments, SMOOTHX_XERO_CLIENT_SECRET="sandbox")
    assert (code, "is connected" in err) == (0, True), err
    code, _, err = command("sandbox", "serve", "--tls", str(authority.ca), str(authority.key))
    assert (code, "certificate and key do not belong together" in err) == (2, True), err


def ran(*arguments: str, code: int = 0, **variables: str) -> tuple[str, str]:
    """Run one command in a process of its own, with nobody at a terminal; what it wrote."""
    done = subprocess.run(
        [*PROGRAM, *arguments],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
    )
    assert done.returncode == code, done.stderr
    return done.stdout, done.stderr


@pytest.mark.parametrize("way", ["consent", "client credentials"])
def test_the_whole_job_with_a_process_for_everything(here: Path, authority: Any, way: str) -> None:
    """As an operator does it at another host: `sandbox serve` over TLS, and a process for every command."""
    (here / "settings.toml").write_text(tomli_w.dumps(default_scenario().settings))
    with served_over_tls(authority) as base:
        common = ("--profile", "far", "--client-id", "sandbox", "--store", "file", "--ca-file", str(authority.ca))
        xero = ["connect", "xero", "--base-url", f"{base}/xero", *common]
        procore = ["connect", "procore", "--base-url", f"{base}/procore", *common]
        if way == "consent":
            code, said = consented([*xero, "--port", str(free_port())], authority, paste=False)
            assert (code, "ssh -L" in said) == (0, True), said
            secret = {"SMOOTHX_PROCORE_CLIENT_SECRET": "sandbox"}
            code, said = consented([*procore, "--secret-from", "env", "--paste"], authority, paste=True, **secret)
            assert code == 0, said
        else:
            ran(*xero, "--custom-connection", SMOOTHX_XERO_CLIENT_SECRET="sandbox")
            account = ("--service-account", "--company", str(COMPANY_ID))
            ran(*procore, *account, SMOOTHX_PROCORE_CLIENT_SECRET="sandbox")
        assert json.loads(ran("doctor", "--json")[0])["healthy"] is True
        out, _ = ran("plan", "--out", "p.json", "--json")
        assert json.loads(out)["organisation"]["environment"] == "OTHER HOST"
        wanted = sum(one["request"] is not None for one in json.loads(out)["items"])
        out, _ = ran("sync", "--plan", "p.json", "--yes", "--json")
        report = json.loads(out)
        sys.stdout.write(f"{way}: {report['summary']}, {len(report['left_out'])} left out for a danger\n")  # for -rP
        assert report["summary"]["outcomes"] == {"done": wanted - len(report["left_out"])}
        assert wanted > 100
        again = json.loads(ran("plan", "--json")[0])["items"]
        assert sum(one["request"] is not None for one in again) == len(report["left_out"])
        log = json.loads(ran("log", "--json")[0])["operations"]
        assert {one["state"] for one in log} == {"done"}
        said = ran("disconnect", "--yes")[1]
        assert said.count("the consent was revoked" if way == "consent" else "forgotten here") == 2
        assert "has no Procore connected" in ran("plan", code=4)[1]


def test_an_unknown_authority_is_one_line(command: Any, served: Any) -> None:
    arguments = ["connect", "xero", "--custom-connection", "--client-id", "sandbox", "--base-url", served.xero]
    code, out, err = command(*arguments, SMOOTHX_XERO_CLIENT_SECRET="sandbox")
    assert (code, out) == (3, "")
    assert "CERTIFICATE_VERIFY_FAILED" in err
    assert "certificate of your own authority" in err


def test_a_service_account_has_to_be_told_its_company(command: Any, served: Any, authority: Any) -> None:
    common = ("--profile", "far", "--client-id", "sandbox", "--store", "file", "--ca-file", str(authority.ca))
    procore = ("connect", "procore", "--service-account", "--base-url", served.procore, *common)
    secret = {"SMOOTHX_PROCORE_CLIENT_SECRET": "sandbox"}
    code, _, err = command(*procore, **secret)
    assert code == 2
    assert "Procore does not tell a service account which companies it reaches" in err
    assert "give the company's id: --company ID" in err
    code, _, err = command(*procore, "--company", "Harbourline", **secret)
    assert (code, "Harbourline is not an id" in err) == (2, True)
    code, _, err = command(*procore, "--company", "77", **secret)
    assert (code, "You do not have access to this company" in err) == (1, True)
    code, _, err = command(*procore, "--company", "598134325510001", **secret)
    assert (code, "Procore Harbourline Pty Ltd is connected" in err) == (0, True)
