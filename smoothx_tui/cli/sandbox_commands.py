"""`sandbox`: Procore and Xero on loopback, to try everything without touching anybody's books."""

import asyncio
from pathlib import Path

import click

from smoothx_tui.base.errors import ConnectionFailed, UsageError
from smoothx_tui.base.text import clean
from smoothx_tui.cli.options import Group, options, tools
from smoothx_tui.cli.services import SandboxOptions

_file = click.Path(path_type=Path, dir_okay=False)


@click.group(cls=Group)
def sandbox() -> None:
    """The emulated Procore and Xero."""


@sandbox.command(
    "serve",
    examples=(
        "smoothx-tui sandbox serve --port 8765",
        "smoothx-tui sandbox serve --items 10000 --real-limits --speed 60",
        "smoothx-tui sandbox serve --state sandbox.json --faults faults.json",
    ),
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port; 0 takes a free one.")
@click.option("--items", type=click.IntRange(0, 100_000), default=0, help="Add this many items.")
@click.option("--seed", type=int, default=1, help="The seed for --items.")
@click.option("--faults", metavar="FILE", type=_file, help="A fault plan.")
@click.option("--state", metavar="FILE", type=_file, help="Keep the state in this file.")
@click.option("--tls", nargs=2, metavar="CERT KEY", type=_file, help="Speak https with this certificate.")
@click.option("--real-limits", is_flag=True, help="Enforce the real services' call limits.")
@click.option("--speed", type=click.FloatRange(0.1, 1000), default=1.0, help="Run its clock this many times faster.")
@click.pass_context
def serve(  # noqa: PLR0913 - options, each by its name
    context: click.Context,
    port: int,
    items: int,
    seed: int,
    faults: Path | None,
    state: Path | None,
    tls: tuple[Path, Path] | None,
    *,
    real_limits: bool,
    speed: float,
) -> None:
    """Serve both APIs on a port of this machine until ctrl+c."""
    given = options(context)
    if given.sandbox or given.profile:
        raise UsageError("sandbox serve makes a sandbox of its own", "leave out --sandbox and --profile")
    asked = SandboxOptions(port, given.scenario, state, items, seed, faults, real_limits, tls, speed)
    asyncio.run(tools(context).services.serve_sandbox(asked))


@sandbox.command("reset")
@click.pass_context
def reset(context: click.Context) -> None:
    """Reset a served sandbox to the start of its scenario."""
    given = options(context)
    address = given.sandbox
    if given.read_only:
        raise UsageError("--read-only: a reset changes everything", "leave it out to go on")
    if not address:
        raise UsageError("sandbox reset needs --sandbox URL", "the embedded sandbox starts afresh every time")
    asyncio.run(_reset(address))
    tools(context).output.say("the sandbox is back at the start of its scenario; its ledger starts afresh with it")


async def _reset(address: str) -> None:
    from smoothx_tui.base.clock import SystemClock
    from smoothx_tui.base.http import Call, Host

    host = Host(address, name="the sandbox", clock=SystemClock())
    try:
        answer = await host.send(Call("POST", "/admin/reset"))
    except ConnectionFailed as error:
        said = f"there is no sandbox at {clean(address)}: {error.message}"
        raise ConnectionFailed(said, "start one with: smoothx-tui sandbox serve") from None
    finally:
        await host.aclose()
    if answer.status != 200:
        raise UsageError(f"{clean(address)} is no sandbox: it answered {answer.status}", "check --sandbox")
