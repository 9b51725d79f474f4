"""The command line: an optional extra, which nothing in the library imports."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib.util import find_spec

from blender_core.cli.streams import make_visible

__all__ = ["main"]


def main() -> None:
    """Run ``model-blender`` with the arguments of this process."""
    make_visible()
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
    except OSError as error:  # what the command line prints itself, such as help
        from blender_core.cli.errors import drop_output

        drop_output()
        with suppress(OSError):
            sys.stderr.write(f"Error: standard output: {error.strerror}\n")
            sys.stderr.flush()
        raise SystemExit(2) from None
