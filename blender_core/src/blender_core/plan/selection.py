"""TODO."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.plugins.rule import Missing

__all__ = ["AS_THEY_ARE", "Selection"]


@dataclass(frozen=True, slots=True)
class Selection:
    """How the values are selected that a rule sees.

    Parameters
    ----------
    missing : Missing or None, optional
        What happens where an input lacks the value. None: as the rule has it.
    default : bool, int, float, str or None, optional
        What stands in for the value where an input lacks it.
    order_by : str or None, optional
        Dotted path of the attribute in whose order the inputs are put.
    once_per : tuple of str, optional
        Dotted paths of the attributes that identify an exposure.
    companions : tuple of (str, str), optional
        Names of companions, and the dotted paths of the attributes that they are.
    parameters : tuple of (str, object), optional
        Names and values of what else the rule is told.
    """

    missing: Missing | None = None
    default: Any = None
    order_by: str | None = None
    once_per: tuple[str, ...] = ()
    companions: tuple[tuple[str, str], ...] = ()
    parameters: tuple[tuple[str, Any], ...] = ()

    @property
    def needs(self) -> tuple[str, ...]:
        """Dotted paths of the other attributes that it takes."""
        order = (self.order_by,) if self.order_by else ()
        return (*order, *self.once_per, *(path for _, path in self.companions))

    def __str__(self) -> str:
        parts = []
        if self.missing is not None:
            parts.append(f"missing={self.missing.value}")
        if self.default is not None:
            parts.append(f"default={self.default!r}")
        if self.order_by is not None:
            parts.append(f"order_by={self.order_by}")
        if self.once_per:
            parts.append(f"once_per={_together(self.once_per)}")
        parts += (f"{name}={path}" for name, path in self.companions)
        parts += (f"{name}={value!r}" for name, value in self.parameters)
        return ", ".join(parts)


AS_THEY_ARE: Final = Selection()
"""All values, in input order."""


def _together(paths: Sequence[str]) -> str:
    """Return several paths as one text, with the group that they share named once."""
    groups = {path.rpartition(".")[0] for path in paths}
    if len(paths) == 1 or len(groups) > 1:
        return "+".join(paths)
    return f"{groups.pop()}.{{{','.join(path.rpartition('.')[2] for path in paths)}}}"
