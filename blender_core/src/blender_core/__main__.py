"""The command line, as ``python -m blender_core``."""

import os
import sys
from pathlib import Path

# Python looks for modules, and so for plugins, in the current folder first: nothing that happens to
# be there may change a product.
if not sys.flags.safe_path and Path(__file__).parents[1] != Path.cwd():
    sys.path[:] = [path for path in sys.path[:1] if path not in ("", os.getcwd())] + sys.path[1:]  # noqa: PTH109

from blender_core.cli import main

main()
