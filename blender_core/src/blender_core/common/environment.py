"""Settings of every blend by environment variables, for blends to which nobody can pass arguments.

Nothing else looks at the environment for settings of a blend.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

RULES: Final = "MODEL_BLENDER_RULES"
"""The variable that names rules files, divided as ``PATH`` is."""

BLOCK: Final = "MODEL_BLENDER_BLOCK"
"""The variable that names installed plugins to leave out."""

RECORD_RULES: Final = "MODEL_BLENDER_RECORD_RULES"
"""The variable that says whether products get the table HDRRULES."""

# What distributions and plugins cannot have in their names.
_BETWEEN_NAMES: Final = re.compile(rf"[\s,{re.escape(os.pathsep)}]+")


def rules_files() -> tuple[Path, ...]:
    """Return the rules files that hold for every blend."""
    return tuple(Path(path) for path in os.environ.get(RULES, "").split(os.pathsep) if path.strip())


def blocked_plugins() -> tuple[str, ...]:
    """Return the names of the plugins that are left out of every blend."""
    return tuple(name for name in _BETWEEN_NAMES.split(os.environ.get(BLOCK, "")) if name)
