"""`connect` and `disconnect`: sign-ins of real accounts, on a terminal, over SSH, or without anybody there.

Everything that is asked on a terminal can be an option, but for secrets: those come from a prompt without echo, the
environment, standard input or a file descriptor.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import click

from smoothx_tui.base.errors import UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.cli.options import Command, Group, Tools, options, tools
from smoothx_tui.cli.plan_commands import json_option

if TYPE_CHECKING:
    from smoothx_tui.accounts.accounts import Accounts
    from smoothx_tui.accounts.connecting import Wanted
    from smoothx_tui.accounts.profile import Profile, Service
    from smoothx_tui.base.secret import Secret

FIRST_NAME: Final = "live"
"""The first profile's name where none is given."""
_FIXED_HOSTS: Final = ("xero.com", "procore.com")

_Decorated = Callable[..., Any]


def _connect_options(command: _Decorated) -> _Decorated:
    """What both sides' `connect` take."""
    file = click.Path(path_type=Path, dir_okay=False)
    made: list[_Decorated] = [
        click.option("--client-id", metavar="ID", default="", help="The app's client id."),
        click.option(
            "--secret-from",
            metavar="SOURCE",
            default="",
            help="Where the client secret comes from: prompt, stdin, fd:N, env.",
        ),
        click.option(
            "--store", type=click.Choice(["keyring", "file", "environment"]), help="Where the secrets are stored."
        ),
        click.option("--paste", is_flag=True, help="Paste the redirect's address instead of listening."),
        click.option(
            "--port", metavar="N", type=click.IntRange(1, 65535), default=8976, help="The redirect's port on localhost."
        ),
        click.option(
            "--wait", metavar="N", type=click.IntRange(10, 3600), default=600, help="Seconds to wait for the consent."
        ),
        click.option("--same-as", metavar="PROFILE", default="", help="Reuse that profile's consent."),
        click.option("--base-url", metavar="URL", default="", help="A host other than the service's own."),
        click.option("--ca-file", metavar="FILE", type=file, help="Also trust this private certificate authority."),
        json_option,
        click.pass_context,
    ]
    for one in reversed(made):
        command = one(command)
    return command


@click.group("connect", cls=Group)
def connect() -> None:
    """Connect a Procore company or a Xero organisation."""


@connect.command(
    "procore",
    examples=(
        "smoothx-tui connect procore --environment sandbox",
        "smoothx-tui connect procore --service-account --company ID --secret-from env",
    ),
)
@click.option("--service-account", is_flag=True, help="Sign in with client credentials, without a browser.")
@click.option(
    "--environment",
    type=click.Choice(["production", "sandbox", "monthly"]),
    default="production",
    help="Which Procore.",
)
@click.option("--company", metavar="NAME", default="", help="The company, by name or id.")
@click.option("--web", metavar="URL", default="", help="Where people open its items.")
@_connect_options
def connect_procore(
    context: click.Context, company: str, environment: str, web: str, *, service_account: bool, **given: Any
) -> None:
    """Sign in to Procore and choose the company."""
    from smoothx_tui.accounts.profile import Service

    _connect(context, Service.PROCORE, {**given, "web": web, "environment": environment}, company, service_account)


@connect.command(
    "xero",
    examples=(
        "smoothx-tui connect xero --profile nz --client-id ID",
        "smoothx-tui connect xero --custom-connection --secret-from stdin < file",
    ),
)
@click.option("--custom-connection", is_flag=True, help="Sign in with client credentials, without a browser.")
@click.option("--organisation", metavar="NAME", default="", help="The organisation, by name or id.")
@click.option("--scope", "scopes", metavar="SCOPE", multiple=True, help="Ask for this scope too; repeatable.")
@_connect_options
def connect_xero(
    context: click.Context, organisation: str, scopes: Sequence[str], *, custom_connection: bool, **given: Any
) -> None:
    """Sign in to Xero and choose the organisation."""
    from smoothx_tui.accounts.profile import Service

    more = {**given, "scopes": tuple(scopes), "environment": "production"}
    _connect(context, Service.XERO, more, organisation, custom_connection)


@click.command("disconnect", cls=Command, examples=("smoothx-tui disconnect xero --profile nz",))
@click.argument("service", type=click.Choice(["procore", "xero"]), required=False)
@click.option("--forget", is_flag=True, help="Delete the sign-in here without telling the service.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def disconnect(context: click.Context, service: str | None, *, forget: bool, yes: bool) -> None:
    """Revoke and delete the sign-in of one side, or of both."""
    from smoothx_tui.accounts.disconnecting import disconnect as end
    from smoothx_tui.accounts.profile import Service

    accounts = writing(context)
    profile = chosen_profile(context, accounts)
    sides = [Service(service)] if service else [one.service for one in profile.accounts]
    if not sides:
        raise UsageError(f"profile {profile.name} has nothing connected", "smoothx-tui profiles lists what there is")
    names = " and ".join(one.shown() for one in profile.accounts if one.service in sides)
    agreed(tools(context), f"Disconnect profile {profile.name} from {names}.", yes=yes)
    for side in sides:
        tools(context).output.say(asyncio.run(end(accounts, profile.name, side, forget=forget)))


def writing(context: click.Context) -> "Accounts":
    """The accounts, for a command that changes them. Raises UsageError."""
    given = options(context)
    if given.sandbox or given.scenario:
        raise UsageError("a sandbox has no account to change", "leave out --sandbox and --scenario")
    if given.read_only:
        raise UsageError("--read-only: accounts cannot be changed", "leave it out")
    return tools(context).services.accounts()


def chosen_profile(context: click.Context, accounts: "Accounts") -> "Profile":
    """The profile that is meant. Raises UsageError where there is none."""
    found = accounts.profiles().chosen(options(context).profile, accounts.environ)
    if found is None:
        raise UsageError("there is no profile", "smoothx-tui connect --help says how to make one")
    return found


def agreed(given: Tools, question: str, *, yes: bool) -> None:
    """Go on only after a typed yes. Raises UsageError where nobody can be asked, Abort where they say no."""
    if yes:
        return
    if not given.output.asks:
        raise UsageError("this asks first, and there is no terminal to ask on", "give --yes")
    if not given.output.ask_yes(question):
        raise click.Abort


class Person:
    """`accounts.connecting.Desk` at this terminal."""

    def __init__(self, given: Tools) -> None:
        self._output = given.output

    def say(self, text: str) -> None:
        for line in text.splitlines():
            self._output.say(clean(line))

    def choose(self, what: str, names: Sequence[str]) -> int | None:
        if not self._output.asks:
            return None
        for number, name in enumerate(names, start=1):
            self._output.say(f"{number:>3}  {name}")
        found: int = click.prompt(f"which {what}", type=click.IntRange(1, len(names)), err=True)
        return found - 1

    def ask(self, what: str) -> str:
        return str(click.prompt(what, err=True)) if self._output.asks else ""


def _connect(context: click.Context, service: "Service", given: dict[str, Any], entity: str, by_client: bool) -> None:  # noqa: FBT001
    from smoothx_tui.accounts.accounts import again
    from smoothx_tui.accounts.connecting import connect as signed_in
    from smoothx_tui.accounts.profile import Service as Services

    accounts, desk = writing(context), Person(tools(context))
    wanted = _wanted(context, accounts, service, given, entity, by_client=by_client)
    if wanted.base_url:
        desk.say(f"this is not {service.title}'s own host: {wanted.base_url}")
    profile = asyncio.run(signed_in(accounts, wanted, desk))
    account = profile.account(service)
    assert account is not None
    desk.say(f"profile {profile.name}: {service.title} {account.shown()} is connected; secrets: {account.store}")
    for other in Services:
        if profile.account(other) is None:
            desk.say(f"next: {again(other, profile.name)}")
    if given["as_json"]:
        from smoothx_tui.cli.profile_commands import profile_json

        tools(context).output.json({"profile": profile_json(profile)})


def _wanted(
    context: click.Context,
    accounts: "Accounts",
    service: "Service",
    given: dict[str, Any],
    entity: str,
    *,
    by_client: bool,
) -> "Wanted":
    from smoothx_tui.accounts.connecting import Wanted
    from smoothx_tui.accounts.given import descriptor_of
    from smoothx_tui.accounts.profile import OTHER, Method
    from smoothx_tui.accounts.redirect import Waiting
    from smoothx_tui.accounts.vault import Keeping, best_keeping

    asks, paste = tools(context).output.asks, given["paste"]
    if paste and descriptor_of(given["secret_from"]) == 0:
        raise UsageError("--paste and --secret-from both read standard input", "give the secret by fd:N or env")
    if by_client and (given["same_as"] or paste):
        raise UsageError("client credentials have no consent", "leave out --same-as and --paste")
    base_url = _foreign(service, given["base_url"])
    method = Method.CLIENT_CREDENTIALS if by_client else Method.AUTHORIZATION_CODE
    store = Keeping(given["store"]) if given["store"] else best_keeping()
    if store is Keeping.ENVIRONMENT and not by_client:
        raise UsageError("a consent's tokens are renewed, and an environment cannot keep them", "use keyring or file")
    client_id, secret = ("", None) if given["same_as"] else _client(context, accounts, service, given, method)
    return Wanted(
        service,
        _profile_name(context, accounts),
        OTHER if base_url else given["environment"],
        base_url,
        method,
        client_id,
        secret,
        store,
        tuple(given.get("scopes", ())),
        entity,
        given.get("web", ""),
        str(given["ca_file"].absolute()) if given["ca_file"] else "",
        given["same_as"],
        Waiting(given["port"], not paste, 0 if paste or asks else None, float(given["wait"])),
    )


def _profile_name(context: click.Context, accounts: "Accounts") -> str:
    """The profile that is connected; it need not be there yet."""
    from smoothx_tui.accounts.profile import checked_name
    from smoothx_tui.accounts.profiles import VARIABLE

    named = options(context).profile or accounts.environ.get(VARIABLE)
    if named:
        return checked_name(named)
    found = accounts.profiles().chosen(None, accounts.environ)
    return found.name if found else FIRST_NAME


def _foreign(service: "Service", base_url: str) -> str:
    """The base URL of another host. Raises UsageError for the service's own, which are not given as a URL."""
    if not base_url:
        return ""
    try:
        host = (urlsplit(base_url).hostname or "").rstrip(".")
    except ValueError:
        raise UsageError(f"{clean(base_url)} is no address", "use https://host/path") from None
    if any(host == fixed or host.endswith(f".{fixed}") for fixed in _FIXED_HOSTS):
        raise UsageError(f"{clean(host)} is one of the services' own hosts", "leave out --base-url")
    if not host:
        raise UsageError(f"{clean(base_url)} is no address of {service.title}", "use https://host/path")
    return base_url.rstrip("/")


def _client(
    context: click.Context, accounts: "Accounts", service: "Service", given: dict[str, Any], method: str
) -> "tuple[str, Secret | None]":
    """Client id and secret. A public client (Xero with PKCE) has none, unless a source is named."""
    from smoothx_tui.accounts.given import client_id_from, client_secret_from, secret_variables
    from smoothx_tui.accounts.profile import Method, Service

    asks = tools(context).output.asks
    client_id = given["client_id"] or client_id_from(accounts.environ, service)
    if not client_id and asks:
        client_id = click.prompt(f"{service.title} client id", err=True)
    if not client_id:
        variable = secret_variables(service).partition(" ")[0]
        raise UsageError(f"{service.title}: which client id?", f"--client-id ID, or {variable}")
    source = given["secret_from"]
    public = service is Service.XERO and method == Method.AUTHORIZATION_CODE
    if public and not source:
        return client_id, None
    if source:
        return client_id, _secret(context, accounts, service, source)
    found = client_secret_from(accounts.environ, service)
    if found is None and not asks:
        raise UsageError(
            f"{service.title}: where does the client secret come from?", "--secret-from stdin, fd:N or env"
        )
    return client_id, found or _secret(context, accounts, service, "prompt")


def _secret(context: click.Context, accounts: "Accounts", service: "Service", source: str) -> "Secret":
    from smoothx_tui.accounts.given import (
        checked_secret,
        client_secret_from,
        descriptor_of,
        line_from,
        secret_variables,
    )

    descriptor = descriptor_of(source)
    if descriptor is not None:
        return line_from(descriptor)
    if source == "env":
        found = client_secret_from(accounts.environ, service)
        if found is None:
            raise UsageError("--secret-from env: it is not set", f"set {secret_variables(service)}")
        return found
    if source != "prompt":
        raise UsageError("--secret-from: no such source", "prompt, stdin, fd:N or env")
    if not tools(context).output.asks:
        raise UsageError("--secret-from prompt: there is no terminal to ask on", "stdin, fd:N or env")
    return checked_secret(click.prompt(f"{service.title} client secret", hide_input=True, err=True), "the prompt")
