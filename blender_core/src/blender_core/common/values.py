"""What it means that two inputs have the same value, and that a product is to have none.

Rules and outcomes share this one notion: values are the same if they compare equal, NaN is the
same as NaN, and lists and dicts are compared by what they hold.
"""

from __future__ import annotations

import dataclasses
import enum
from dataclasses import dataclass
from operator import eq
from typing import TYPE_CHECKING, Any, Final, TypeVar

from blender_core.common.foreign import tried

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

T = TypeVar("T")

LONGEST_TEXT: Final = 10_000 * 67
"""How many characters of a text a header is given.

The FITS standard sets no limit: a text goes on over cards CONTINUE, each with 67 characters of it.
Of more than 10,000 such cards, headers are not read again: astropy (8.0) takes a time for them that
grows with the square of their number.
"""
_NAN = object()


class Drop(enum.Enum):
    """The type of :data:`DROP`."""

    DROP = "DROP"

    def __repr__(self) -> str:
        return self.value


DROP: Final = Drop.DROP
"""What a rule returns when the product should not have the attribute at all."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A value that a rule returns, with a remark about it.

    The remark is issued as a `BlendWarning`, and is recorded in the outcome, in HDRRULES and in the
    report.

    Parameters
    ----------
    value : object
        The value that the rule would return without a remark; also ``None`` or `DROP`.
    remark : str
        One line that completes the name of the attribute: ``"differ by 0.4 deg"``.

    Examples
    --------
    >>> from blender_core import Gives, Noted, Rule
    >>> def first_of_close(values, *, tolerance: float = 0.1):
    ...     difference = max(values) - min(values)
    ...     if difference <= tolerance:
    ...         return values[0]
    ...     return Noted(values[0], f"differ by {difference:g}, which is more than {tolerance:g}")
    >>> rule = Rule(name="first_of_close", blend=first_of_close, parameters=("tolerance",),
    ...             summary="The first value; it is told where others are far from it.")
    >>> rule.blend([10.0, 10.5])
    Noted(value=10.0, remark='differ by 0.5, which is more than 0.1')
    """

    value: Any
    remark: str


def have_same_fields(one: Any, other: Any) -> bool:
    """Tell whether two objects of a dataclass have the same in each field.

    That may be anything, such as an array, which no single word says to be equal.
    """
    names = [field.name for field in dataclasses.fields(one)]
    return tried(
        lambda: [getattr(one, name) for name in names] == [getattr(other, name) for name in names],
        fallback=False,
    )


def identity(value: Any) -> Hashable:
    """Return a key that two values share exactly when they are the same."""
    if isinstance(value, (list, tuple)):
        return ("list", *map(identity, value))
    if isinstance(value, dict):
        return ("dict", frozenset((key, identity(item)) for key, item in value.items()))
    if value != value:  # noqa: PLR0124  # only NaN differs from itself
        return _NAN
    try:
        hash(value)
    except TypeError:
        return ("object", id(value))
    return value  # type: ignore[no-any-return]


def distinct(values: Iterable[T]) -> list[T]:
    """Return each different value once, in the order in which it first comes."""
    values = list(values)
    try:
        plain = dict.fromkeys(values)
    except TypeError:  # lists and mappings have no hash
        pass
    else:
        if all(map(eq, plain, plain)):  # no NaN
            return list(plain)
    by_identity: dict[Hashable, T] = {}
    for value in values:
        by_identity.setdefault(identity(value), value)
    return list(by_identity.values())


def index_of(value: Any, values: Iterable[Any]) -> int | None:
    """Return where a value first is among others; None if it is not."""
    key = identity(value)
    return next((i for i, other in enumerate(values) if identity(other) == key), None)
