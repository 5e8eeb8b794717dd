"""`profiles`: what is connected, which one is used, how careful each is."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

import click

from smoothx_tui.base.errors import UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.cli.account_commands import agreed, writing
from smoothx_tui.cli.options import Group, options, tools
from smoothx_tui.cli.plan_commands import json_option
from smoothx_tui.settings.problems import nearest

if TYPE_CHECKING:
    from smoothx_tui.accounts.profile import Account, Profile
    from smoothx_tui.accounts.profiles import Profiles

_TEXTS: Final = ("ledger", "settings", "ca_file")
_SWITCHES: Final = ("read_only", "approvals_required")
KEYS: Final = (*_TEXTS, *_SWITCHES, "web")
_WORDS: Final = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}


@click.group("profiles", cls=Group, invoke_without_command=True)
@click.pass_context
def profiles(context: click.Context) -> None:
    """The connected companies and organisations."""
    if context.invoked_subcommand is None:
        _list(context, as_json=False)


@profiles.command("list")
@json_option
@click.pass_context
def list_profiles(context: click.Context, *, as_json: bool) -> None:
    """List the profiles; the one in use is marked."""
    _list(context, as_json=as_json)


@profiles.command("use")
@click.argument("name")
@click.pass_context
def use(context: click.Context, name: str) -> None:
    """Use profile NAME by default; sandbox is one too."""
    from smoothx_tui.accounts.profile import SANDBOX
    from smoothx_tui.accounts.profiles import Profiles

    def change(found: Profiles) -> Profiles:
        return replace(found, default=name if name == SANDBOX else found.get(name).name)

    writing(context).change(change)
    tools(context).output.say(f"{name} is used when no profile is named")


@profiles.command("set", examples=("smoothx-tui profiles set nz read_only true",))
@click.argument("name")
@click.argument("key", type=click.Choice(KEYS))
@click.argument("value")
@click.pass_context
def set_value(context: click.Context, name: str, key: str, value: str) -> None:
    """Set KEY of profile NAME; an empty VALUE restores the default."""
    from smoothx_tui.accounts.profiles import Profiles

    def change(found: Profiles) -> Profiles:
        return found.with_profile(_changed(found.get(name), key, value))

    writing(context).change(change)
    tools(context).output.say(f"profile {name}: {key} is {clean(value) or 'as usual'}")


@profiles.command("remove")
@click.argument("name")
@click.option("--forget", is_flag=True, help="Do not tell the services.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def remove(context: click.Context, name: str, *, forget: bool, yes: bool) -> None:
    """Disconnect profile NAME and remove it. Its ledger stays."""
    from smoothx_tui.accounts.disconnecting import disconnect

    accounts = writing(context)
    profile = accounts.profiles().get(name)
    connected = " and ".join(one.shown() for one in profile.accounts) or "nothing"
    agreed(tools(context), f"Remove profile {name}, connected to {connected}.", yes=yes)
    for account in profile.accounts:
        said = asyncio.run(disconnect(accounts, name, account.service, forget=forget))
        tools(context).output.say(said)
    accounts.change(lambda found: found.without(name))
    tools(context).output.say(f"profile {name} is removed; its ledger stays where it is")


def profile_json(profile: "Profile") -> dict[str, Any]:
    """A profile; it holds no secret."""
    return {
        "name": profile.name,
        "procore": _account_json(profile.procore),
        "xero": _account_json(profile.xero),
        **{key: getattr(profile, key) or None for key in _TEXTS},
        **{key: getattr(profile, key) for key in _SWITCHES},
    }


def _list(context: click.Context, *, as_json: bool) -> None:
    from smoothx_tui.accounts.profiles import VARIABLE

    accounts = tools(context).services.accounts()
    found = accounts.profiles()
    try:
        used = found.chosen(options(context).profile, accounts.environ)
    except UsageError:
        used = None
    ordered = [found.by_name[name] for name in sorted(found.by_name)]
    output = tools(context).output
    if as_json:
        in_use = used.name if used else None
        output.json({"default": found.default or None, "in_use": in_use, "profiles": list(map(profile_json, ordered))})
        return
    rows = [("*" if used and one.name == used.name else "", one.name, *_cells(one)) for one in ordered]
    empty = "no profile: the sandbox is used (smoothx-tui connect --help says how to connect an account)"
    output.table(("", "Profile", "Procore", "Xero", "Mode", "Ledger"), rows, empty=empty)
    if rows and used is None:
        output.say(_none_used(found, options(context).profile or accounts.environ.get(VARIABLE) or found.default))


def _none_used(found: "Profiles", named: str) -> str:
    from smoothx_tui.accounts.profile import SANDBOX

    if named == SANDBOX:
        return "the embedded sandbox is in use; smoothx-tui profiles use NAME changes that"
    if named and named not in found.by_name:
        return f"none is in use: there is no profile {clean(named)}"
    return "none is in use: name one with --profile, or: smoothx-tui profiles use NAME"


def _cells(profile: "Profile") -> tuple[str, str, str, str]:
    modes = [text for text, on in (("read-only", profile.read_only), ("approvals", profile.approvals_required)) if on]
    return (_side(profile.procore), _side(profile.xero), ", ".join(modes), clean(profile.ledger) or "usual")


def _side(account: "Account | None") -> str:
    if account is None:
        return "not connected"
    where = account.base_url or ("" if account.environment == "production" else account.environment)
    return account.shown() + (f" at {clean(where)}" if where else "")


def _account_json(account: "Account | None") -> dict[str, str | None] | None:
    if account is None:
        return None
    return {
        "id": account.id,
        "name": account.name or None,
        "environment": account.environment,
        "base_url": account.base_url or None,
        "method": account.method.value,
        "store": account.store.value,
        "client_id": account.client_id or None,
    }


def _changed(profile: "Profile", key: str, value: str) -> "Profile":
    """The profile with one value set. Raises UsageError."""
    if key in _SWITCHES:
        if value.casefold() not in _WORDS:
            raise UsageError(f"{key} is true or false, not {clean(value)}{nearest(value.casefold(), _WORDS)}")
        return replace(profile, **{key: _WORDS[value.casefold()]})  # type: ignore[arg-type]
    if key == "web":
        if profile.procore is None:
            raise UsageError(f"profile {profile.name} has no Procore connected", "connect it first")
        return profile.with_account(replace(profile.procore, web=value))
    if key == "ledger" and _holds_password(value):
        raise UsageError(
            "a ledger's address with a password in it is not kept", "put the password into ~/.pgpass, mode 600"
        )
    return replace(profile, **{key: value})  # type: ignore[arg-type]


def _holds_password(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.password is not None or "password" in parse_qs(parts.query)
    except ValueError:
        return True
