"""How a code gets here: by a redirect, by a paste, and never with another state."""

import asyncio
import os
import socket
from pathlib import Path

import httpx
import pytest

from smoothx_tui.accounts.redirect import NotOurs, Waiting, code_of, redirect_uri, wait_for_code, way_back
from smoothx_tui.base.errors import ConfigurationError, SignInNeeded, UsageError
from smoothx_tui.base.secret import Secret

GOOD = "http://localhost:8976/callback?code=c0de&state=st4te"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_the_code_of_an_address() -> None:
    assert code_of(GOOD, "st4te") == code_of(f"  {GOOD}\n", "st4te") == Secret("c0de")
    for wrong in ("", "nonsense", "http://[", GOOD.replace("st4te", "other"), GOOD.replace("code=c0de&", "")):
        with pytest.raises(NotOurs):
            code_of(wrong, "st4te")
    with pytest.raises(SignInNeeded, match="the consent was not given: access_denied"):
        code_of("/callback?error=access_denied&state=st4te", "st4te")
    with pytest.raises(NotOurs):
        code_of("/callback?error=access_denied&state=forged", "st4te")
    with pytest.raises(SignInNeeded, match=r"<U\+001B>"):
        code_of("/callback?error=%1b[2J&state=st4te", "st4te")


async def test_the_listener_answers_the_one_redirect_and_nothing_else() -> None:
    port = free_port()
    waiting = asyncio.create_task(wait_for_code("st4te", Waiting(port, seconds=20)))
    async with httpx.AsyncClient(trust_env=False) as browser:

        async def ask(method: str, path: str) -> int:
            for _ in range(100):
                try:
                    return (await browser.request(method, f"http://127.0.0.1:{port}{path}")).status_code
                except httpx.ConnectError:
                    await asyncio.sleep(0.02)
            raise AssertionError("nobody listens")

        assert await ask("GET", "/") == 404
        assert await ask("POST", "/callback?code=x&state=st4te") == 404
        assert await ask("GET", "/callback?code=x&state=forged") == 400
        assert not waiting.done()
        assert await ask("GET", "/callback?code=c0de&state=st4te") == 200
    assert await waiting == Secret("c0de")


async def test_a_refusal_by_redirect_ends_the_waiting() -> None:
    port = free_port()
    waiting = asyncio.create_task(wait_for_code("st4te", Waiting(port, seconds=20)))
    await asyncio.sleep(0.1)
    async with httpx.AsyncClient(trust_env=False) as browser:
        await browser.get(f"http://127.0.0.1:{port}/callback?error=access_denied&state=st4te")
    with pytest.raises(SignInNeeded, match="access_denied"):
        await waiting


async def test_a_port_that_somebody_else_has_is_not_shared() -> None:
    told: list[str] = []
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(ConfigurationError, match="is in use"):
            await wait_for_code("st4te", Waiting(other.getsockname()[1], seconds=20), lambda: told.append("open this"))
    assert told == [], "nobody is sent to a browser for nothing"


async def test_it_listens_before_anybody_is_told() -> None:
    port, told = free_port(), asyncio.Event()
    waiting = asyncio.create_task(wait_for_code("st4te", Waiting(port, seconds=20), told.set))
    await told.wait()
    async with httpx.AsyncClient(trust_env=False) as browser:
        answer = await browser.get(f"http://127.0.0.1:{port}/callback?code=c0de&state=st4te")
    assert (answer.status_code, await waiting) == (200, Secret("c0de"))


async def test_nobody_comes() -> None:
    with pytest.raises(SignInNeeded, match="no consent came within"):
        await wait_for_code("st4te", Waiting(free_port(), seconds=0.01))


@pytest.mark.parametrize("kind", ["pipe", "file"])
async def test_a_pasted_address(tmp_path: Path, kind: str) -> None:
    (tmp_path / "address").write_text(GOOD)
    reader, writer = os.pipe() if kind == "pipe" else (os.open(tmp_path / "address", os.O_RDONLY), -1)
    if kind == "pipe":
        os.write(writer, GOOD.encode() + b"\n")
        os.close(writer)
    try:
        assert await wait_for_code("st4te", Waiting(listen=False, paste=reader, seconds=20)) == Secret("c0de")
    finally:
        os.close(reader)


async def test_what_is_pasted_into_a_terminal_is_not_shown_there() -> None:
    outside, terminal = os.openpty()
    waiting = asyncio.create_task(wait_for_code("st4te", Waiting(listen=False, paste=terminal, seconds=20)))
    await asyncio.sleep(0.1)
    os.write(outside, GOOD.encode() + b"\n")
    try:
        assert await waiting == Secret("c0de")
        os.write(terminal, b"over")
        assert os.read(outside, 4096) == b"over", "nothing was echoed before this"
    finally:
        os.close(terminal)
        os.close(outside)


async def test_a_wrong_paste_is_told() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"http://localhost:8976/callback?code=canary&state=other\n")
    try:
        with pytest.raises(UsageError) as caught:
            await wait_for_code("st4te", Waiting(listen=False, paste=reader, seconds=20))
        assert "canary" not in caught.value.line()
    finally:
        os.close(reader)
        os.close(writer)


async def test_a_paste_from_nowhere_is_told() -> None:
    """/dev/null is neither a file nor something that an event loop waits for; a closed one is nothing at all."""
    nowhere = os.open(os.devnull, os.O_RDONLY)
    try:
        with pytest.raises(UsageError, match="there is no code in it"):
            await wait_for_code("st4te", Waiting(listen=False, paste=nowhere, seconds=20))
    finally:
        os.close(nowhere)
    with pytest.raises(UsageError, match="there is no code in it"):
        await wait_for_code("st4te", Waiting(listen=False, paste=nowhere, seconds=20))


def test_how_the_browsers_answer_gets_here_is_told() -> None:
    both, tunnel, paste = (
        way_back(Waiting(8976, paste=0)),
        way_back(Waiting(8976)),
        way_back(Waiting(8976, listen=False, paste=0)),
    )
    assert "waiting 600 s for the browser at http://localhost:8976/callback" in both
    assert "ssh -L 8976:localhost:8976" in both
    assert "paste here the address" in both
    assert tunnel.endswith("ssh -L 8976:localhost:8976, or use --paste")
    assert "paste here the address" in paste
    assert "ssh" not in paste


def test_the_address_to_register() -> None:
    assert redirect_uri(8976) == "http://localhost:8976/callback"
