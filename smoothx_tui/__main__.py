"""`smoothx-tui`, also `python -m smoothx_tui`."""

import gc
import sys


def main() -> None:
    """Run the command line and exit with its code. `--version` alone loads nothing else: scripts ask for it often."""
    if None in (sys.stdin, sys.stdout, sys.stderr):
        from smoothx_tui.base.streams import open_closed

        open_closed()
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        from smoothx_tui import __version__

        sys.stdout.write(f"smoothx-tui {__version__}\n")
        return
    # What is loaded now stays: to look through it for garbage again and again is a tenth of the start. The collector
    # comes back when a command begins, or when the console shows its first rows.
    gc.disable()
    try:
        from smoothx_tui.cli.light import main as run
        from smoothx_tui.composition.application import Application

        code = run(arguments, Application())
    except KeyboardInterrupt:  # while the parts were being loaded; from there on `run` says how it ended
        sys.stderr.write("smoothx-tui: stopped\n")
        code = 130
    from smoothx_tui.base.streams import empty

    empty((sys.stdout, sys.stderr))
    sys.exit(code)


if __name__ == "__main__":
    main()
