"""Names of datamodels and their attributes, for shells to offer them while a user waits.

To import all classes takes seconds, so what was found out is kept in a file for the versions that
are installed. It is only ever read here: nothing that a blend does depends on it.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["attribute_names", "class_names"]

_CLASSES: Final = "classes"
_OF: Final = ("blender-core", "stdatamodels")
_NOT_IN_NAMES: Final = re.compile(r"[^\w.+-]")


def class_names() -> list[str]:
    """Return the names of all classes of datamodels."""
    return [str(name) for name in _kept(_CLASSES, _find_classes)]


def attribute_names(model: str) -> list[tuple[str, str]]:
    """Return the path and the keyword, empty if there is none, of each attribute of a class."""
    found = _kept(f"attributes of {model}", lambda: _find_attributes(model))
    return [(str(path), str(keyword)) for path, keyword in found]


def _find_classes() -> list[str]:
    from blender_core.schema.model_class import model_classes

    return list(model_classes())


def _find_attributes(model: str) -> list[list[str]]:
    from blender_core.cli.model_classes import model_class
    from blender_core.schema.attributes import read_attributes
    from blender_core.schema.model_class import described

    kind: Any = model_class(model)
    attributes = read_attributes(described(kind).schema)
    return [[path, attribute.keyword or ""] for path, attribute in attributes.items()]


def _kept(name: str, find: Callable[[], list[Any]]) -> list[Any]:
    """Return what is kept of a name, or find it out and keep it."""
    versions = "-".join(version(each) for each in _OF)
    path = _folder() / f"{_NOT_IN_NAMES.sub('_', f'{name} {versions}')}.json"
    with suppress(OSError, ValueError):
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, list) and content:
            return content
    content = find()
    # Where nothing can be kept, it takes its time again.
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(content), encoding="utf-8")
        draft.replace(path)
    return content


def _folder() -> Path:
    """Return where programs of this user keep what they can make anew."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    # By the XDG specification, a relative name is none.
    base = Path(named) if Path(named).is_absolute() else Path.home() / ".cache"
    return base / "model-blender"
