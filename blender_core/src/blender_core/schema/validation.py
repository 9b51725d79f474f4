"""Whether a schema allows a value, and FITS the name of a column."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.caught_warnings import kept_apart
from blender_core.common.wording import shorten
from blender_core.schema.attributes import PYTHON_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "INTEGERS",
    "objection",
    "plainly_valid",
    "problem_with",
    "problem_with_name",
    "validates_assignments",
]

# Whatever else a schema says is left to its own validator.
_SIMPLE: Final = (
    {"type", "anyOf", "enum", "minimum", "maximum", "pattern"}
    | {"title", "description", "default", "examples"}
    | {"fits_keyword", "fits_hdu", "blend_rule", "blend_table"}
)
INTEGERS: Final = range(-(2**63) + 2, 2**63)
"""ASDF files, which all saved datamodels have in them, hold no others."""
_LONGEST: Final = 400
_LONGEST_NAME: Final = 68
"""In the FITS standard, a card has room for so many characters of a text."""


def plainly_valid(value: Any, subschema: Mapping[str, Any]) -> bool:
    """Tell whether a value is valid for sure, without a validator."""
    if not subschema:
        return True
    return (
        _SIMPLE.issuperset(subschema)
        and _has_type(value, subschema)
        and ("enum" not in subschema or value in subschema["enum"])
        and (type(value) is not int or value in INTEGERS)
        and _is_within(value, subschema)
    )


def _has_type(value: Any, subschema: Mapping[str, Any]) -> bool:
    kind, others = subschema.get("type"), subschema.get("anyOf")
    if others is not None:
        return kind is None and any(plainly_valid(value, other) for other in others)
    return isinstance(kind, str) and type(value) in PYTHON_TYPES.get(kind, ())


def _is_within(value: Any, subschema: Mapping[str, Any]) -> bool:
    if isinstance(value, str):
        return "pattern" not in subschema or re.search(subschema["pattern"], value) is not None
    # NaN is not out of bounds, either.
    return not (
        ("minimum" in subschema and value < subschema["minimum"])
        or ("maximum" in subschema and value > subschema["maximum"])
    )


def validates_assignments(model: Any) -> bool:
    """Tell whether a datamodel validates what is assigned to it."""
    # As with the two other settings below, stdatamodels has no public name for it.
    return bool(getattr(model, "_validate_on_assignment", True))


def problem_with(value: Any, subschema: Mapping[str, Any], model: Any) -> tuple[bool, str | None]:
    """Validate a value as a datamodel would if it were assigned.

    Datamodels issue a warning of what is wrong. Here it is returned: to catch a warning is to
    change how all threads treat warnings.
    """
    if value is None or plainly_valid(value, subschema):
        return True, None
    problem = objection(value, subschema)
    if problem is None:
        return True, None
    if getattr(model, "_strict_validation", False):
        from asdf.exceptions import ValidationError

        raise ValidationError(problem)
    return bool(getattr(model, "_pass_invalid_values", False)), problem


def objection(value: Any, subschema: Mapping[str, Any]) -> str | None:
    """Return what a schema has against a value."""
    if value is None or plainly_valid(value, subschema):
        return None
    from asdf.exceptions import ValidationError

    try:
        _validate(value, subschema)
    except ValidationError as error:
        return _one_line(str(error))
    return None


@kept_apart()
def _validate(value: Any, subschema: Mapping[str, Any]) -> None:
    """Do what datamodels do to validate a value, whose parts may lack, too."""
    from asdf import AsdfFile, schema, treeutil, yamlutil

    if isinstance(value, (str, int, float)):
        context = _context_of_scalars()
    else:
        context = AsdfFile()
        value = treeutil.walk_and_modify(
            value, lambda node: treeutil.RemoveNode if node is None else node
        )
        value = yamlutil.custom_tree_to_tagged_tree(value, context)
    # asdf 5 notes what it has seen for all threads of a process: one would pass what another is at.
    # Values are trees without circles, so that it need not.
    schema.validate(
        value,
        ctx=context,
        schema=subschema,
        validators=schema.YAML_VALIDATORS,
        _visit_repeat_nodes=True,
    )


@functools.cache
def _context_of_scalars() -> Any:
    """Return what validation asks for. Making it takes longer than validating with it.

    Scalars leave nothing in it, so that all blends can share one.
    """
    from asdf import AsdfFile

    return AsdfFile()


def _one_line(problem: str) -> str:
    """Return what a validator says is wrong, without the schema that it goes on to print."""
    line = next((line for line in problem.splitlines() if line), problem)
    return shorten(line, _LONGEST)  # it has the value in full


def problem_with_name(name: str) -> str | None:
    """Return what FITS has against the name of a column."""
    if len(name) > _LONGEST_NAME:
        return f"its name has {len(name)} characters, and FITS allows {_LONGEST_NAME}"
    if not (name.isascii() and name.isprintable()):
        return "FITS allows printable ASCII characters only in its name"
    return None
