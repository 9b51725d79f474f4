"""What a rule is tried with: values as headers have them, and some that authors do not think of."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.wording import preview

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from blender_core.plugins.rule import Rule

__all__ = ["Sample", "samples_for"]

_MOST_SHOWN: Final = 4


@dataclass(frozen=True)
class Sample:
    """What a rule is called with.

    Parameters
    ----------
    values : sequence
        The values, one for each input.
    arguments : mapping of str to object, optional
        The rule's companions, aligned with the values, and its parameters, by their names.

    Examples
    --------
    >>> from blender_core.testing import Sample
    >>> print(Sample([10.0, 20.0], {"weights": [3.0, 1.0]}))
    10.0, 20.0 with weights=[3.0, 1.0]
    """

    values: Sequence[Any]
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        more = ", …" if len(self.values) > _MOST_SHOWN else ""
        text = ", ".join(map(preview, self.values[:_MOST_SHOWN])) + more
        given = ", ".join(f"{name}={preview(value)}" for name, value in self.arguments.items())
        return f"{text} with {given}" if given else text


_NUMBERS: Final = (3.5, 1.25, 2.75, 1.25)
_VALUES: Final[tuple[tuple[Any, ...], ...]] = (
    # One value.
    (2.5,),
    (3,),
    (True,),
    ("F200W",),
    # Many.
    _NUMBERS,
    (3, 1, 4, 1, 6),
    (3, 1.25, 4, 2.5),
    (True, False, True),
    ("F200W", "F115W", "F200W", "F444W", "F356W", "F277W", "F150W", "F090W", "F070W"),
    ("2024-01-02", "2024-01-01"),
    ("2024-01-02T03:04:05.678", "2024-01-02T03:04:05.6"),
    ("10:00:00.0", "09:50:00.0"),
    ([2.5, 1.0], [1.0, 3.5]),
    (["F200W", "F115W", "F444W"], ["F356W", "F277W", "F200W"]),
    ({"degree": 1}, {"degree": 2}),
    # All the same.
    (1.5, 1.5),
    (0, 0),
    (0.0, 0.0),
    (False, False),
    ("F200W", "F200W"),
    # What authors do not think of.
    (math.nan,),
    (math.nan, 1.5, math.nan),
    (math.inf, -math.inf),
    (-1.5, -2.5),
    (2**62, 2**62),
    (1e308, 1e308),
    ("", "F200W"),
    ([], [1.0]),
    ("F200W", 1.5),
)
_COMPANIONS: Final[tuple[tuple[Any, ...], ...]] = (
    (0.0, 0.0, 0.0, 0.0),
    (1.0, math.nan, 2.0, 1.0),
    ("F200W", "F115W", "F200W", "F444W"),
)


def samples_for(rule: Rule) -> Iterator[Sample]:
    """Return what to try a rule with."""

    def sample(values: Sequence[Any], beside: Sequence[Any] | None = None) -> Sample:
        beside = [float(i + 1) for i in range(len(values))] if beside is None else beside
        return Sample(list(values), {name: list(beside) for name in rule.companions})

    for values in _VALUES:
        yield sample(values)
    if rule.companions:
        for beside in _COMPANIONS:
            yield sample(_NUMBERS, beside)
