"""The command line: an optional extra, which nothing in the library imports."""

from __future__ import annotations

import sys
from importlib.util import find_spec

__all__ = ["main"]


def main() -> None:
    """Run ``model-blender`` with the arguments of this process.

    Raises
    ------
    SystemExit
        Always: 0 if all went well, 2 if the command could not be carried out, 130 if it was
        interrupted.
    """
    lacking = [name for name in ("typer", "rich") if find_spec(name) is None]
    if lacking:
        sys.stderr.write(
            f"Error: the command line needs {' and '.join(lacking)}: "
            'pip install "blender-core[cli]"\n'
        )
        raise SystemExit(2)
    try:
        from blender_core.cli.app import app

        app()
    except KeyboardInterrupt:  # before the command has begun, while typer is imported
        sys.stderr.write("Interrupted.\n")
        raise SystemExit(130) from None
