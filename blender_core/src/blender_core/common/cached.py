"""Properties that are worked out once, and without a lock; and those that anything may replace."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable

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


class default_member(Generic[T]):  # noqa: N801  # a decorator
    """What an object has unless its class, or itself, has something of its own in place of it."""

    def __init__(self, function: Callable[[Any], T]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> default_member[T]: ...

    @overload
    def __get__(self, instance: object, owner: type | None = None) -> T: ...

    def __get__(self, instance: object, owner: type | None = None) -> default_member[T] | T:
        """Return what the object has."""
        return self if instance is None else self._function(instance)
