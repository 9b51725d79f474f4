"""Whether a schema allows a value, and FITS the name of a column."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.caught_warnings import kept_apart
from blender_core.common.wording import shorten
from blender_core.schema.attributes import BLEND_WORDS, PYTHON_TYPES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_ASKS_FOR_A_VALIDATOR: Final = frozenset(
    {"$ref", "allOf", "oneOf", "not"}
    | {"format", "multipleOf", "minLength", "maxLength", "tag"}
    | {"exclusiveMinimum", "exclusiveMaximum"}
    | {"datatype", "ndim", "max_ndim"}
)
"""What the validators of asdf 5 and stdatamodels 6 look at in a scalar, and :func:`plainly_valid`
does not. They pass over what only lists and dicts have, such as `items`, and words that they do not
know."""
_SCALARS: Final = frozenset.union(*PYTHON_TYPES.values())
INTEGERS: Final = range(-(2**63) + 2, 2**63)
"""ASDF files, which all saved datamodels have in them, hold no others."""
_LONGEST: Final = 400
_LONGEST_NAME: Final = 68
"""In the FITS standard, a card has room for so many characters of a text."""


_ANNOTATIONS: Final = frozenset(
    {"title", "description", "fits_keyword", "fits_hdu", "fits_section", *BLEND_WORDS}
)
"""What a schema says of an attribute, and not of which values it may have."""


def is_open(subschema: Mapping[str, Any]) -> bool:
    """Tell whether any scalar is valid that a file can have."""
    return _ANNOTATIONS.issuperset(subschema)


def plainly_valid(value: Any, subschema: Mapping[str, Any]) -> bool:
    """Tell whether a scalar is valid for sure, without a validator."""
    if not subschema:
        return True
    return (
        _ASKS_FOR_A_VALIDATOR.isdisjoint(subschema)
        and _has_type(value, subschema)
        and ("enum" not in subschema or _is_one_of(value, subschema["enum"]))
        and (type(value) is not int or value in INTEGERS)
        and _is_within(value, subschema)
    )


def _has_type(value: Any, subschema: Mapping[str, Any]) -> bool:
    """Tell whether a value is a scalar of a type that a schema allows. An open one allows all."""
    kind = subschema.get("type")
    if kind is None:
        if type(value) not in _SCALARS:
            return False
    elif isinstance(kind, str):
        if type(value) not in PYTHON_TYPES.get(kind, ()):
            return False
    elif not any(type(value) in PYTHON_TYPES.get(each, ()) for each in kind):
        return False
    return "anyOf" not in subschema or any(
        plainly_valid(value, alternative) for alternative in subschema["anyOf"]
    )


def _is_one_of(value: Any, enum: Collection[Any]) -> bool:
    """Tell whether a scalar is in an enum, where True is not 1."""
    return any(value == each and isinstance(value, bool) == isinstance(each, bool) for each in enum)


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
