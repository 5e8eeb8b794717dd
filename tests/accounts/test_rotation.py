"""Renewing a consent: one at a time, the newest kept first, the previous one as a way back, and honest refusals."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from smoothx_tui.accounts.keeper import Keeper
from smoothx_tui.accounts.oauth import Given, GrantRefused
from smoothx_tui.accounts.privatefile import locked
from smoothx_tui.accounts.rotation import RotatingTokens
from smoothx_tui.accounts.sealing import Sealer
from smoothx_tui.accounts.signin import Grant, SignIn
from smoothx_tui.accounts.vault import FileVault
from smoothx_tui.base.answers import Unknown
from smoothx_tui.base.errors import ConfigurationError, ConnectionFailed, SignInNeeded
from smoothx_tui.base.requestlog import RequestLog
from smoothx_tui.base.secret import Secret
from smoothx_tui.sandbox.tokens import PROCORE_POLICY, XERO_POLICY, TokenRefused, TokenStore

ORIGIN = "https://identity.example/token"
BACK = "http://localhost/callback"


class Time:
    """Wall time that a test moves; sleeping takes none."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 7, 3, 9, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


class Side:
    """A service's tokens and the consoles of one user. `lose` answers are lost after they had their effect."""

    def __init__(self, folder: Path, *, grace: int = 1800) -> None:
        self.time = Time()
        self.store = TokenStore(self.time, XERO_POLICY if grace else PROCORE_POLICY)
        self.grace = grace
        self.keeper = Keeper(FileVault(folder, Sealer(None)), "one.xero", folder, patience=0.2)
        self.lose = 0
        self.asked = 0
        self.before: Callable[[], None] = lambda: None
        self.connect()

    def connect(self) -> None:
        given = self.store.for_code(self.store.new_code(BACK, "s"), BACK)
        assert given.refresh_token is not None
        self.keep(Grant(Secret(given.access_token), self.now + 1800, Secret(given.refresh_token)))

    @property
    def now(self) -> int:
        return int(self.time.now().timestamp())

    def keep(self, grant: Grant) -> None:
        self.keeper.write(SignIn(ORIGIN, "id", None, "s", grant))

    def kept(self) -> SignIn:
        found = self.keeper.read()
        assert found is not None
        return found

    def grant(self) -> Grant:
        found = self.kept().grant
        assert found is not None
        return found

    def console(self) -> RotatingTokens:
        return RotatingTokens(
            self.keeper,
            lambda _: self,  # type: ignore[arg-type, return-value]
            self.time,
            origin=ORIGIN,
            service="Xero",
            again="connect again",
            grace=self.grace,
            requests=self.requests,
        )

    # the exchange that a renewal opens

    requests = RequestLog()

    @property
    def oauth(self) -> Any:
        return SimpleNamespace(refresh=self._refresh)

    async def _refresh(self, refresh: Secret) -> Given:
        self.before()
        self.asked += 1
        try:
            given = self.store.refresh(refresh.reveal())
        except TokenRefused as refused:
            raise GrantRefused("Xero", refused.error) from None
        if self.lose:
            self.lose -= 1
            raise Unknown("the answer was lost")
        assert given.refresh_token is not None
        return Given(Secret(given.access_token), given.expires_in, Secret(given.refresh_token), "s")

    async def aclose(self) -> None:
        return


@pytest.fixture
def side(tmp_path: Path) -> Side:
    return Side(tmp_path / "sign-ins")


def live(side: Side, token: Secret) -> bool:
    return side.store.check(f"Bearer {token.reveal()}").state == "live"


async def test_a_good_token_is_used_as_it_is_and_renewed_before_it_ends(side: Side) -> None:
    console = side.console()
    first = await console.token()
    side.time.seconds = 1600
    assert await console.token() == first
    assert side.asked == 0
    side.time.seconds = 1700
    second = await console.token()
    assert (second == first, side.asked, live(side, second)) == (False, 1, True)
    assert side.grant().access == second
    assert side.kept().renewing_since == 0


async def test_what_another_process_renewed_is_taken(side: Side) -> None:
    one, two = side.console(), side.console()
    old = await one.token()
    assert await two.token() == old
    new = await one.refresh(old)
    assert await two.refresh(old) == new
    assert side.asked == 1


async def test_many_at_once_renew_once(side: Side) -> None:
    one, two = side.console(), side.console()
    old = await one.token()
    tokens = await asyncio.gather(*(console.refresh(old) for console in (one, two) for _ in range(5)))
    assert (len(set(tokens)), side.asked) == (1, 1)


async def test_a_lost_answer_is_asked_for_again_within_the_grace(side: Side) -> None:
    console = side.console()
    side.lose = 1
    token = await console.refresh(await console.token())
    assert live(side, token)
    assert side.asked == 2


async def test_the_new_token_is_on_disk_before_it_is_used_and_the_way_back_beside_it(side: Side) -> None:
    first = side.grant()
    seen: list[int] = []
    side.before = lambda: seen.append(side.kept().renewing_since)
    console = side.console()
    token = await console.refresh(first.access)
    assert seen == [side.now], "that a renewal is under way is on disk before the old token is used up"
    assert side.grant() == Grant(token, side.now + 1800, side.grant().refresh, 2, first.refresh, side.now)


async def test_a_disk_that_can_not_be_written_is_found_before_the_token_is_used_up(
    side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    console = side.console()
    token = await console.token()

    def full(*_: object) -> None:
        raise ConfigurationError("the disk is full", "make room")

    monkeypatch.setattr(side.keeper.vault, "write", full)
    with pytest.raises(ConfigurationError, match="the disk is full"):
        await console.refresh(token)
    assert side.asked == 0
    monkeypatch.undo()
    assert live(side, await console.refresh(token))


async def test_an_older_copy_that_was_restored_still_works_within_the_grace(side: Side) -> None:
    console = side.console()
    copy = side.grant()
    await console.refresh(copy.access)
    side.keep(copy)
    assert live(side, await side.console().refresh(copy.access))


async def test_the_previous_token_is_tried_where_the_newest_is_refused(side: Side) -> None:
    console = side.console()
    await console.refresh(await console.token())
    grant = side.grant()
    side.store._refresh.pop(grant.refresh.reveal())
    assert live(side, await side.console().refresh(grant.access))
    side.time.seconds += 10_000
    lone = side.grant()
    side.store._refresh.pop(lone.refresh.reveal())
    with pytest.raises(SignInNeeded):
        await side.console().token()


async def test_a_revoked_sign_in_is_told_once_and_nothing_is_deleted(side: Side) -> None:
    console, grant = side.console(), side.grant()
    side.store.revoke(grant.refresh.reveal())
    for _ in range(3):
        with pytest.raises(SignInNeeded) as caught:
            await console.refresh(grant.access)
        assert caught.value.line() == (
            "Xero does not accept the stored sign-in any more (it was revoked, or not used for too long: connect again)"
        )
    assert side.asked == 1, "a refusal is not asked for again and again"
    assert side.grant() == grant
    side.connect()
    assert live(side, await console.refresh(grant.access)), "after connecting again the same console goes on"


async def test_a_sign_in_that_was_renewed_without_our_lock_is_not_judged(side: Side) -> None:
    console, grant = side.console(), side.grant()
    side.store.revoke(grant.refresh.reveal())
    side.before = side.connect
    token = await console.refresh(grant.access)
    assert live(side, token)


async def test_procores_token_works_once_and_a_cut_off_renewal_is_named(tmp_path: Path) -> None:
    side = Side(tmp_path / "sign-ins", grace=0)
    console = side.console()
    side.lose = 1
    with pytest.raises(SignInNeeded, match=r"a renewal was cut off before its answer was kept"):
        await console.refresh(await console.token())


async def test_another_process_that_hangs_in_a_renewal_is_named_and_a_good_token_still_serves(side: Side) -> None:
    console = side.console()
    token = await console.token()
    side.time.seconds = 1720
    with locked(side.keeper._lock, 1):
        assert await console.token() == token, "80 seconds are left of it"
        with pytest.raises(ConnectionFailed, match=r"process \d+ has been renewing the sign-in one.xero"):
            await console.refresh(token)
    assert live(side, await console.refresh(token))


async def test_a_sign_in_for_another_address_is_never_sent(side: Side) -> None:
    side.keeper.write(SignIn("https://elsewhere.example/token", "id", None, "s", side.grant()))
    with pytest.raises(SignInNeeded, match="another address"):
        await side.console().token()
    assert side.asked == 0


async def test_nothing_and_nonsense_in_the_vault(side: Side) -> None:
    side.keeper.vault.write("one.xero", Secret("nonsense canary"))
    with pytest.raises(ConfigurationError) as caught:
        await side.console().token()
    assert "canary" not in caught.value.line()
    side.keeper.forget()
    with pytest.raises(SignInNeeded, match="Xero is not signed in"):
        await side.console().token()


async def test_stopping_in_the_middle_of_a_renewal_lets_it_end(side: Side) -> None:
    """Ctrl+c cancels the caller; between the answer and the disk nothing is stopped."""
    import threading

    began, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        began.set()
        go_on.wait(10)

    side.before = wait
    console, grant = side.console(), side.grant()
    asking = asyncio.create_task(console.refresh(grant.access))
    await asyncio.to_thread(began.wait, 10)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    go_on.set()
    side.before = lambda: None
    assert live(side, await console.refresh(grant.access))
    assert side.asked == 1, "the renewal that was under way was kept, and is used"
