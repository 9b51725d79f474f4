"""The classes of datamodels, by the names that a user has for them."""

from __future__ import annotations

import difflib
from typing import Any

from blender_core.cli.errors import CommandError

__all__ = ["model_class", "model_classes"]


def model_classes() -> dict[str, type[Any]]:
    """Return all classes of datamodels of JWST."""
    from stdatamodels.jwst import datamodels

    names = sorted(dir(datamodels), key=str.casefold)
    classes = ((name, getattr(datamodels, name)) for name in names)
    return {
        name: one
        for name, one in classes
        if isinstance(one, type) and issubclass(one, datamodels.JwstDataModel)
    }


def model_class(name: str) -> type[Any]:
    """Return the class of datamodels that a user names."""
    classes = model_classes()
    by_folded = {known.casefold(): known for known in classes}
    known = by_folded.get(name.casefold())
    if known is None:
        close = difflib.get_close_matches(name.casefold(), by_folded, n=3)
        hint = f": did you mean {' or '.join(by_folded[one] for one in close)}?" if close else ""
        msg = f"stdatamodels.jwst.datamodels has no class {name!r}{hint}"
        raise CommandError(msg)
    return classes[known]
