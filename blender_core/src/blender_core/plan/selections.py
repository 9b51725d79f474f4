"""How the settings that an override or a schema gives a rule become a selection of values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from blender_core.plan.assignment import AS_THEY_ARE, Selection

if TYPE_CHECKING:
    from collections.abc import Callable

    from blender_core.plan.assignment import Choice
    from blender_core.plugins.override import Override
    from blender_core.schema.attributes import Attribute


def selection_of(override: Override, path: Callable[[str, str], str]) -> Selection:
    """Return the selection that an override asks for.

    ``path(purpose, name)`` gives the dotted path of the attribute that a path or keyword names.
    """
    selection = Selection(
        missing=override.missing,  # type: ignore[arg-type]  # Override has made one of a str
        default=override.default,
        order_by=path("order_by", override.order_by) if override.order_by else None,
        once_per=tuple(path("once_per", name) for name in override.once_per),
        companions=tuple((role, path(role, name)) for role, name in override.companions.items()),
        parameters=tuple(override.parameters.items()),
    )
    return AS_THEY_ARE if selection == AS_THEY_ARE else selection


def of_values(choice: Choice, source: Attribute) -> Choice:
    """Return the choice of a rule for the values that another attribute has."""
    label = source.keyword or source.path
    selection = replace(choice.selection, values_of=source.path, values_label=label)
    return replace(choice, selection=selection)
