"""Whether a schema allows a value."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["one_line", "plainly_valid", "problem_with"]

_PYTHON_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
}
# What a schema says besides type and enum is left to its own validator.
_SIMPLE: Final = {"type", "enum", "title", "description", "default", "examples"} | {
    "fits_keyword",
    "fits_hdu",
    "blend_rule",
    "blend_table",
}


def plainly_valid(value: Any, subschema: Mapping[str, Any]) -> bool:
    """Tell whether a value is valid for sure, without a validator.

    Parameters
    ----------
    value : object
        A plain value.
    subschema : mapping
        What the schema says of the attribute. Empty if it does not know it: then all is allowed.

    Returns
    -------
    valid : bool
        False if only the schema's own validator can tell.

    Examples
    --------
    >>> from blender_core.validity import plainly_valid
    >>> plainly_valid(3, {"type": "integer"}), plainly_valid(3, {"type": "integer", "minimum": 1})
    (True, False)
    """
    if not subschema:
        return True
    kind = subschema.get("type")
    return (
        isinstance(kind, str)
        and type(value) in _PYTHON_TYPES.get(kind, ())
        and ("enum" not in subschema or value in subschema["enum"])
        and _SIMPLE.issuperset(subschema)
    )


def problem_with(
    value: Any, subschema: Mapping[str, Any], path: str, model: Any
) -> tuple[bool, str | None]:
    """Ask a datamodel's own validation of a value.

    Parameters
    ----------
    value : object
        The value.
    subschema : mapping
        What the schema says of the attribute.
    path : str
        Dotted path of the attribute.
    model : stdatamodels.DataModel
        The datamodel whose validation settings apply. It is not changed.

    Returns
    -------
    taken : bool
        Whether the datamodel would take the value.
    problem : str or None
        What its schema has against the value, in one line.

    Raises
    ------
    asdf.exceptions.ValidationError
        If the schema forbids the value and the datamodel's validation is strict.
    """
    if plainly_valid(value, subschema):
        return True, None
    from stdatamodels.validate import value_change

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        taken = bool(value_change(path, value, subschema, model))
    return taken, one_line(str(caught[0].message)) if caught else None


def one_line(problem: str) -> str:
    """Return what a validator says is wrong, without the schema that it goes on to print.

    Parameters
    ----------
    problem : str
        The text of a validation error or warning of stdatamodels.

    Returns
    -------
    line : str
        Its essential line.

    Examples
    --------
    >>> from blender_core.validity import one_line
    >>> report = ["While validating a the following error occurred:", "3 is not a string", "…"]
    >>> one_line(chr(10).join(report))
    '3 is not a string'
    """
    return next(line for line in problem.splitlines()[1:] or [problem] if line)
