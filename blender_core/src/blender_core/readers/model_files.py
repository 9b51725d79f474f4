"""What files that a datamodel was saved to have in common, whatever their format.

Of some files, only ``datamodels.open`` can tell what they mean. It reads a file's arrays as well,
but these files are rare.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.caught_warnings import kept_apart, recorded
from blender_core.common.plain_values import plain
from blender_core.common.wording import format_error
from blender_core.errors import InputError, RemoteError, UnknownInputError, warn
from blender_core.formats.files.stored_file import StoredFile
from blender_core.readers.datamodel import DatamodelReader
from blender_core.schema.attributes import unknown_attribute
from blender_core.schema.model_class import import_datamodels
from blender_core.schema.tree import collect_all, scalars_within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from blender_core.plugins.source import Source
    from blender_core.readers.reader import Beyond
    from blender_core.schema.attributes import Attribute
    from blender_core.schema.groups import Group
    from blender_core.schema.layout import Layout

_PATH: Final = re.compile(r"\bmeta(?:\.\w+)+")


def path_of(file: Path | StoredFile) -> Path:
    """Return a file as `datamodels.open` takes it, which reads all of it."""
    if not isinstance(file, StoredFile):
        return file
    if file.local is None:
        file.refuse_as_whole("it has what only stdatamodels can make something of, as a whole")
    return file.local


def class_named(name: Any, label: str, where: str) -> type:
    """Return the class of datamodel that a file says it is of."""
    if name is None:
        msg = (
            f"{label} has no {where}, which says of which class it is. "
            "If it is a datamodel's all the same, open it and blend the model; files of another "
            "kind can be inputs once a plugin reads them."
        )
        raise UnknownInputError(msg)
    import_datamodels()
    from stdatamodels.jwst import datamodels

    model_type = getattr(datamodels, str(name), None)
    if not isinstance(model_type, type) or not issubclass(model_type, datamodels.JwstDataModel):
        msg = (
            f"{label} is of the class {name!r}, says its {where}, which stdatamodels does not have"
        )
        raise UnknownInputError(msg)
    return model_type


def plain_values(tree: Mapping[str, Any], layout: Layout) -> list[Any] | None:
    """Take the wanted values out of an ASDF tree that was read without its tags' converters."""
    if _has_tagged_groups(tree, layout.root):
        return None
    values, are_plain, _ = collect_all(tree, layout)
    if are_plain:
        return values
    for i, value in enumerate(values):
        if "/core/ndarray-" in getattr(value, "_tag", ""):
            values[i] = None
        elif has_tags(value):
            return None
        else:
            values[i] = plain(value)
    return values


def strangers(tree: Mapping[str, Any], layout: Layout) -> dict[str, Any]:
    """Return what a tree has that the layout's schema does not know, by path; None where null."""
    if not tree:
        return {}
    *_, found = collect_all(tree, layout)
    return {path: value for top, below in found for path, value in scalars_within(below, top)}


def read_beyond(source: Source, tree: Mapping[str, Any], layout: Layout) -> Beyond:
    """Return what a file has that its class does not know, once its tree was parsed."""
    found = {path: value for path, value in strangers(tree, layout).items() if value is not None}
    if any(map(has_tags, found.values())):
        part = layout.beyond(tuple(found), alone=True)
        found = dict(zip(part.paths, source.read(part), strict=True))
    return [(unknown_attribute(path), plain(value)) for path, value in found.items()]


def own_values(layout: Layout, model_type: type, filename: str | None) -> dict[int, Any]:
    """Return what a datamodel takes from its class and its file, whatever that says, by place."""
    own = (("meta.model_type", model_type.__name__), ("meta.filename", filename))
    return {
        layout.places[path]: value
        for path, value in own
        if path in layout.places and value is not None
    }


def _has_tagged_groups(tree: Mapping[str, Any], group: Group) -> bool:
    """Tell whether a wanted group is what some package makes an object of."""
    for name, below in group.groups:
        value = tree.get(name) if below.size else None
        if isinstance(value, dict) and (
            getattr(value, "_tag", None) is not None or _has_tagged_groups(value, below)
        ):
            return True
    return False


def has_tags(value: Any) -> bool:
    """Tell whether a value, or anything in it, is what some package makes an object of."""
    if getattr(value, "_tag", None) is not None:
        return True
    if isinstance(value, dict):
        value = list(value.values())
    return isinstance(value, list) and any(map(has_tags, value))


@kept_apart()
def read_as_datamodel(
    opened: Callable[[], AbstractContextManager[Any]], label: str, layout: Layout
) -> list[Any]:
    """Open a datamodel, with all that belongs to it, and read that."""
    try:
        with opened() as model:
            return DatamodelReader(model, label).read(layout)
    except RemoteError:
        raise
    except Exception as error:
        msg = f"{label} cannot be read: {type(error).__name__}: {format_error(error)}"
        raise InputError(msg) from error


def read_by_datamodel(
    opened: Callable[[], AbstractContextManager[Any]],
    label: str,
    layout: Layout,
    attributes: Mapping[str, Attribute],
    warned: set[str],
) -> list[Any]:
    """Return the wanted values of a file as a datamodel has them."""
    with recorded() as caught:
        values = read_as_datamodel(opened, label, layout)
    labels = {path: attribute.label for path, attribute in attributes.items()} if caught else {}
    for warning in caught:
        # The first lines say which attribute, and what is wrong with it; a schema may follow.
        text = " ".join(str(warning.message).splitlines()[:2])
        if text not in warned:
            warned.add(text)
            problem = _PATH.sub(lambda path: labels.get(path[0], path[0]), text)
            warn(f"{label}: {problem}", label=label, problem=problem)
    return values
