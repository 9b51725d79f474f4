"""What a rule says of itself, and what the values that it gives must be for it to be true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from blender_core.common.foreign import type_name
from blender_core.common.values import DROP, identity
from blender_core.common.wording import preview
from blender_core.errors import RuleError
from blender_core.plugins.rule import Gives
from blender_core.schema.conversion import rule_result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blender_core.plugins.rule import Rule

_TYPES: Final[dict[Gives, type]] = {
    Gives.NUMBER: float,
    Gives.COUNT: int,
    Gives.TEXT: str,
    Gives.LIST: list,
}


def problem_with_value(rule: Rule, values: Sequence[Any], value: Any) -> str | None:
    """Return what is wrong with a value that a rule gave."""
    if value is None or value is DROP:
        return None
    try:
        plain = rule_result(value, None)
    except RuleError:
        return (
            f"gives {preview(value)} ({type_name(value)}), which is not a str, an int, a "
            "float or a bool, nor a list or dict of these"
        )
    if any(_same(plain, constant) for constant in rule.constants):
        return None
    gives = f"gives {preview(plain)} ({type(plain).__name__})"
    if rule.gives is Gives.CONSTANT:
        return f"{gives}, which is not among its constants"
    if rule.gives is Gives.INPUT:
        if any(_same(plain, given) for given in values):
            return None
        alike = [given for given in values if identity(given) == identity(plain)]
        if alike:
            return f"{gives}, and the input has {preview(alike[0])} ({type(alike[0]).__name__})"
        return (
            f"gives {preview(plain)}, which no input has: name it in constants, or say in gives "
            "what is made of inputs"
        )
    if rule.gives is Gives.SAME_TYPE:
        wanted = _types_of_computed({type(given) for given in values if given is not None})
        if not wanted:
            return f"{gives}, though it says that it computes with numbers: say in gives what it is"
    else:
        wanted = {_TYPES[rule.gives]}
    if type(plain) in wanted:
        return None
    names = " or ".join(sorted(kind.__name__ for kind in wanted))
    return f"{gives}, and says that it gives {rule.gives.value} ({names})"


def problems_with_constants(rule: Rule) -> Iterator[str]:
    """Find constants that no product could have."""
    if rule.gives is Gives.CONSTANT and not (rule.constants or rule.constant_parameters):
        yield "it says that it gives one of its constants, and has none"
    for constant in rule.constants:
        try:
            plain = rule_result(constant, None)
        except RuleError:
            plain = None
        if not _same(plain, constant):
            kind = type_name(constant)
            yield f"the constant {preview(constant)} ({kind}) is not a plain value"


def _types_of_computed(kinds: set[type]) -> set[type]:
    """Return the types that a number computed from values of some types may have."""
    if kinds <= {bool}:
        return {bool, int}
    if kinds <= {bool, int}:
        return {int}
    if kinds <= {float}:
        return {float}
    return {int, float} if kinds <= {bool, int, float} else set()


def _same(value: Any, other: Any) -> bool:
    return type(value) is type(other) and identity(value) == identity(other)
