"""`sandbox`: Procore and Xero on loopback, to try everything without touching anybody's books."""

import asyncio
from pathlib import Path

import click

from smoothx_tui.base.errors import UsageError
from smoothx_tui.cli.options import Group, options, tools
from smoothx_tui.cli.services import SandboxOptions

_file = click.Path(path_type=Path, dir_okay=False)


@click.group(cls=Group)
def sandbox() -> None:
    """The emulated Procore and Xero."""


@sandbox.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port; 0 takes a free one.")
@click.option("--items", type=click.IntRange(0, 100_000), default=0, help="Make that many items more.")
@click.option("--seed", type=int, default=1, help="What --items are made from.")
@click.option("--faults", metavar="FILE", type=_file, help="A fault plan.")
@click.option("--state", metavar="FILE", type=_file, help="Keep the state in this file.")
@click.option("--real-limits", is_flag=True, help="Enforce the real services' call limits.")
@click.pass_context
def serve(
    context: click.Context,
    port: int,
    items: int,
    seed: int,
    faults: Path | None,
    state: Path | None,
    *,
    real_limits: bool,
) -> None:
    """Serve both APIs on a port of this machine until ctrl+c."""
    given = options(context)
    if given.sandbox or given.profile:
        raise UsageError("sandbox serve makes a sandbox of its own", "leave out --sandbox and --profile")
    asked = SandboxOptions(port, given.scenario, state, items, seed, faults, real_limits)
    asyncio.run(tools(context).services.serve_sandbox(asked))
