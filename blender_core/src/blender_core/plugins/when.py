"""The inputs for which an override holds, and the errors of what overrides cannot be."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.foreign import bounded
from blender_core.common.patterns import matches_name
from blender_core.common.wording import preview

if TYPE_CHECKING:
    from blender_core.plugins.context import Context


class _OverrideError(Exception):
    """What an override or a condition cannot be; `key` is the argument that it is about, if any."""

    def __init__(self, message: str, key: str | None = None) -> None:
        super().__init__(message)
        self.key = key


class OverrideTypeError(_OverrideError, TypeError):
    """An argument of an override or a condition is of the wrong type."""


class OverrideValueError(_OverrideError, ValueError):
    """An argument of an override or a condition has no meaning, or contradicts another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """The inputs to which an override applies. All conditions must be met.

    Parameters
    ----------
    model_type, telescope, instrument, exp_type, detector : str or tuple of str, optional
        The value of the inputs, or several values of which one has to match. Case does not matter,
        and ``*`` and ``?`` are wildcards.

    Raises
    ------
    TypeError
        If a condition is neither a str nor several.

    Examples
    --------
    >>> from blender_core import When
    >>> from blender_core.plugins.context import Context
    >>> when = When(instrument="NIRCam", detector=("NRCA*", "NRCB*"))
    >>> when.holds(Context(model_type="ImageModel", instrument="NIRCAM", detector="NRCB4"))
    True
    """

    model_type: str | tuple[str, ...] | None = None
    telescope: str | tuple[str, ...] | None = None
    instrument: str | tuple[str, ...] | None = None
    exp_type: str | tuple[str, ...] | None = None
    detector: str | tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for name in CONDITIONS:
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, strings_of(value, f"the condition {name}", name))

    @property
    def conditions(self) -> frozenset[str]:
        """The names of the conditions."""
        return frozenset(name for name in CONDITIONS if getattr(self, name) is not None)

    @property
    def scope(self) -> frozenset[str]:
        """The same with what follows: a detector is an instrument's, and that a telescope's."""
        return self.conditions.union(*(_IMPLIED.get(name, ()) for name in self.conditions))

    def holds(self, context: Context) -> bool:
        """Return whether inputs meet the conditions.

        Parameters
        ----------
        context : Context
            What the inputs are.

        Returns
        -------
        holds : bool
            True if every condition is met. A missing value meets no condition.
        """
        return all(
            _is_one_of(getattr(context, name), getattr(self, name)) for name in self.conditions
        )

    def __str__(self) -> str:
        return ", ".join(
            f"{name}={' or '.join(getattr(self, name))}"
            for name in CONDITIONS
            if getattr(self, name) is not None
        )


CONDITIONS: Final = tuple(field.name for field in dataclasses.fields(When))


_IMPLIED: Final = {"instrument": ("telescope",), "detector": ("telescope", "instrument")}


ANYWHERE: Final = When()
"""No condition at all."""


def _is_one_of(value: str | None, patterns: tuple[str, ...]) -> bool:
    return value is not None and any(matches_name(pattern, value) for pattern in patterns)


def strings_of(value: Any, label: str, key: str) -> tuple[str, ...]:
    """Return what is given as a str or several, as a tuple of Python's own."""
    strings = (value,) if issubclass(type(value), str) else value
    if issubclass(type(strings), (tuple, list)):
        strings = tuple(bounded(strings))
    if type(strings) is not tuple or not are_strings(*strings):
        msg = f"{label} is a str or several, not {preview(value)}"
        raise OverrideTypeError(msg, key)
    if not strings or not all(each.strip() for each in strings):
        msg = f"{label} is empty"
        raise OverrideValueError(msg, key)
    return tuple(map(str.__str__, strings))


def are_strings(*values: object) -> bool:
    """Tell whether all values are str."""
    return all(issubclass(type(value), str) for value in values)
