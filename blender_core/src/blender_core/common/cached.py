"""Properties that are worked out once, and without a lock."""

from __future__ import annotations

import functools
from typing import Any, TypeVar, overload

__all__ = ["cached_property"]

T = TypeVar("T")


class cached_property(functools.cached_property[T]):  # noqa: N801  # as in functools
    """`functools.cached_property` without the lock that it has in Python 3.11.

    That is one for all instances: threads would read files one after the other, and after a fork a
    child would wait for ever for what another thread has begun. As in Python 3.12, threads that
    come at the same time all do the work; here, all get what the first of them made.
    """

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> cached_property[T]: ...

    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> T: ...

    def __get__(self, instance: object, owner: type[Any] | None = None) -> cached_property[T] | T:
        """Return the value, which is in the instance's dictionary from then on."""
        if instance is None:
            return self
        # Once it is in there, Python looks it up without coming here.
        value: T = instance.__dict__.setdefault(str(self.attrname), self.func(instance))
        return value
