"""Renews one sign-in from several processes, and kills them; prints what came of it as JSON.

    rotating.py race  URL DIRECTORY ROTATIONS PROCESSES KILLS SEED
    rotating.py lines URL DIRECTORY STEP

`race`: so many processes renew as fast as they can, and one of them is killed at random times. `lines`: a process is
killed at each line of the renewal in turn (each STEP-th). After every kill of `lines`, and at the end of `race`, the
log-in must still work. Processes are forked: everything is loaded once.
"""

import asyncio
import json
import os
import random
import signal
import sys
import time
import warnings
from contextlib import AsyncExitStack
from pathlib import Path
from types import FrameType
from typing import Any

from smoothx_tui.accounts.accounts import Accounts
from smoothx_tui.accounts.oauth import _authlib
from smoothx_tui.accounts.profile import OTHER, Account, Method, Profile, Service
from smoothx_tui.accounts.rotation import RotatingTokens
from smoothx_tui.accounts.signin import SignIn
from smoothx_tui.accounts.vault import Keeping
from smoothx_tui.base.errors import SmoothxError
from smoothx_tui.base.http import Call
from smoothx_tui.base.tokens import send_authorised

Trace = Any


def profile_at(url: str) -> Profile:
    """The profile that the test has stored a consent for."""
    xero = Account(
        Service.XERO, OTHER, Method.AUTHORIZATION_CODE, Keeping.FILE, "far", "tenant", client_id="sandbox", base_url=url
    )
    return Profile("far", xero=xero)


class Console:
    """One process's side: its tokens, and a call with them."""

    def __init__(self, url: str) -> None:
        self.accounts = Accounts(os.environ)
        self.profile = profile_at(url)
        assert self.profile.xero is not None
        self.xero = self.profile.xero

    def tokens(self) -> RotatingTokens:
        found = self.accounts.tokens(self.profile, self.xero, AsyncExitStack())
        assert isinstance(found, RotatingTokens)
        return found

    async def call(self, tokens: RotatingTokens) -> int:
        """The status of a call that needs the sign-in."""
        async with AsyncExitStack() as stack:
            host = self.accounts.host(self.profile, self.xero, stack)
            return (await send_authorised(host, tokens, Call("GET", "/connections"))).status

    def kept(self) -> SignIn:
        found = self.accounts.keeper(self.xero).read()
        assert found is not None
        return found


def forked(work: Any) -> int:
    """The id of a child that does `work` and nothing else."""
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        work()
        code = 0
    except SmoothxError as error:
        sys.stderr.write(f"{error.line()}\n")
        code = int(error.exit_code)
    finally:
        os._exit(code)


def race(url: str, directory: Path, rotations: int, processes: int, kills: int, seed: int) -> dict[str, Any]:
    """Everybody renews; one is killed now and then, and replaced."""
    console, chance = Console(url), random.Random(seed)
    stop = directory / "stop"
    start = console.kept()
    assert start.grant is not None
    first = start.grant.generation

    def work() -> None:
        async def renewing() -> None:
            tokens = console.tokens()
            token = await tokens.token()
            while not stop.exists():
                token = await tokens.refresh(token)

        asyncio.run(renewing())

    children = [forked(work) for _ in range(processes)]
    killed, ended = 0, []
    while (done := generation(console) - first) < rotations or killed < kills:
        time.sleep(chance.uniform(0.0, 0.02))
        if killed < kills and done >= rotations * killed / max(kills, 1):
            at = chance.randrange(len(children))
            os.kill(children[at], signal.SIGKILL)
            os.waitpid(children[at], 0)
            children[at] = forked(work)
            killed += 1
        for number, child in enumerate(children):
            found, status = os.waitpid(child, os.WNOHANG)
            if found:
                ended.append(os.waitstatus_to_exitcode(status))
                children[number] = forked(work)
        if len(ended) > 10:
            break
    stop.touch()
    ended += [code for child in children if (code := os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))]
    status = asyncio.run(console.call(console.tokens()))
    return {"rotations": generation(console) - first, "kills": killed, "failed": ended, "status": status}


def generation(console: Console) -> int:
    """How often the stored consent was renewed."""
    grant = console.kept().grant
    assert grant is not None
    return grant.generation


def lines(url: str, step: int) -> dict[str, Any]:
    """Kill at each step-th line that runs in our own package during a renewal."""
    console, lost, reached = Console(url), [], 0
    at = 1
    while True:
        before = console.kept()
        assert before.grant is not None
        child = forked(lambda at=at, access=before.grant.access: traced(console, access, at))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        status = asyncio.run(renewed(console))
        if status != 200:
            lost.append(at)
        reached += 1
        if code != -signal.SIGKILL:
            return {"kills": reached - 1, "lines": at, "ended": code, "lost": lost}
        at += step


async def renewed(console: Console) -> int:
    """Renew after a kill, whatever was left, and use it."""
    tokens = console.tokens()
    await tokens.refresh(await tokens.token())
    return await console.call(tokens)


def traced(console: Console, access: Any, at: int) -> None:
    """Renew in this thread, and die at the line."""
    tokens, seen = console.tokens(), 0

    def line(frame: FrameType, event: str, _: Any) -> Trace:
        nonlocal seen
        if event == "line":
            seen += 1
            if seen == at:
                os.kill(os.getpid(), signal.SIGKILL)
        return line

    def call(frame: FrameType, event: str, _: Any) -> Trace:
        return line if "/smoothx_tui/accounts/" in frame.f_code.co_filename else None

    sys.settrace(call)
    tokens._renew(access)
    sys.settrace(None)


def main() -> None:
    warnings.simplefilter("ignore")
    _authlib()
    mode, url, directory, *numbers = sys.argv[1:]
    if mode == "race":
        rotations, processes, kills, seed = map(int, numbers)
        found = race(url, Path(directory), rotations, processes, kills, seed)
    else:
        found = lines(url, int(numbers[0]))
    print(json.dumps(found))  # noqa: T201 - for the test that started this


main()
