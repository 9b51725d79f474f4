"""Rules that give the same whatever the values are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from blender_core.plugins.rule import Gives, Rule
from blender_rules_std.checks import require_some

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RULES", "constant", "float_one", "int_one", "zero"]


def zero(values: Sequence[Any]) -> int:
    """Return the integer 0.

    Parameters
    ----------
    values : list, shape (n_inputs,)
        Present values in input order.

    Returns
    -------
    constant : int
        0.

    Raises
    ------
    RuleError
        If there are no values.

    References
    ----------
    The rule ``zero`` of fitsblender.

    Examples
    --------
    >>> from blender_rules_std.constants import zero
    >>> zero([5, 7])
    0
    """
    require_some(values)
    return 0


def int_one(values: Sequence[Any]) -> int:
    """Return the integer 1.

    Parameters
    ----------
    values : list, shape (n_inputs,)
        Present values in input order.

    Returns
    -------
    constant : int
        1.

    Raises
    ------
    RuleError
        If there are no values.

    References
    ----------
    The rule ``int_one`` of fitsblender.

    Examples
    --------
    >>> from blender_rules_std.constants import int_one
    >>> int_one([5, 7])
    1
    """
    require_some(values)
    return 1


def float_one(values: Sequence[Any]) -> float:
    """Return the float 1.0.

    Parameters
    ----------
    values : list, shape (n_inputs,)
        Present values in input order.

    Returns
    -------
    constant : float
        1.0.

    Raises
    ------
    RuleError
        If there are no values.

    References
    ----------
    The rule ``float_one`` of fitsblender, for data that have become count rates.

    Examples
    --------
    >>> from blender_rules_std.constants import float_one
    >>> float_one([5.0, 7.0])
    1.0
    """
    require_some(values)
    return 1.0


def constant(values: Sequence[Any], *, value: Any = None) -> Any:
    """Return what the override says.

    Parameters
    ----------
    values : list, shape (n_inputs,)
        Present values in input order.
    value : object, optional
        What the product has where some input has the attribute; unless said, it keeps its own.

    Returns
    -------
    value : object
        That value.

    Raises
    ------
    RuleError
        If there are no values.

    References
    ----------
    The rule ``PUT_STRING`` of CIAO.

    Examples
    --------
    >>> from blender_rules_std.constants import constant
    >>> constant(["NRCA1", "NRCB1"], value="MULTIPLE")
    'MULTIPLE'
    """
    require_some(values)
    return value


RULES: Final = (
    Rule(name="zero", blend=zero, summary="The integer 0.", gives=Gives.CONSTANT, constants=(0,)),
    Rule(
        name="int_one",
        blend=int_one,
        summary="The integer 1.",
        gives=Gives.CONSTANT,
        constants=(1,),
    ),
    Rule(
        name="float_one",
        blend=float_one,
        summary="The float 1.0.",
        gives=Gives.CONSTANT,
        constants=(1.0,),
    ),
    Rule(
        name="constant",
        blend=constant,
        summary="What the override says, as its parameter.",
        gives=Gives.CONSTANT,
        parameters=("value",),
        constant_parameters=("value",),
    ),
)
