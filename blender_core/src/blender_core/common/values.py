"""What it means that two inputs have the same value, and that a product is to have none.

Rules and outcomes share this one notion: values are the same if they compare equal, NaN is the
same as NaN, and lists and dicts are compared by what they hold.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

__all__ = ["DROP", "Drop", "distinct", "identity", "index_of"]

T = TypeVar("T")

_NAN = object()


class Drop(enum.Enum):
    """The type of :data:`DROP`."""

    DROP = "DROP"

    def __repr__(self) -> str:
        return self.value


DROP: Final = Drop.DROP
"""What a rule returns when the product should not have the attribute at all."""


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
        if all(value == value for value in plain):  # noqa: PLR0124  # no NaN
            return list(plain)
    by_identity: dict[Hashable, T] = {}
    for value in values:
        by_identity.setdefault(identity(value), value)
    return list(by_identity.values())


def index_of(value: Any, values: Iterable[Any]) -> int | None:
    """Return where a value first is among others; None if it is not."""
    key = identity(value)
    return next((i for i, other in enumerate(values) if identity(other) == key), None)
