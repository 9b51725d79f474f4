"""What a count of exposures cannot know for certain, said once for all attributes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from blender_core.common.wording import join_words, preview
from blender_core.errors import warn
from blender_core.evaluation.ordering import inputs_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blender_core.evaluation.select import Seen
    from blender_core.plan.assignment import Assignment

__all__ = ["Doubts"]


@dataclass(frozen=True, slots=True)
class _Unidentified:
    """Inputs that do not tell their exposure: what they lack, and where that matters."""

    lacking: dict[str, None] = field(default_factory=dict)
    inputs: set[int] = field(default_factory=set)
    labels: dict[str, None] = field(default_factory=dict)


class Doubts:
    """What could not be known for certain about the exposures of one blend."""

    def __init__(self) -> None:
        self._differing: list[str] = []
        self._unidentified: dict[tuple[str, ...], _Unidentified] = {}

    def note(
        self,
        assignment: Assignment,
        values: Sequence[Any],
        seen: Seen,
        others: Mapping[str, Sequence[Any]],
    ) -> None:
        """Remember what is in doubt about an attribute."""
        label = assignment.attribute.label
        if seen.differing:
            one, other = seen.differing[0]
            n_such = len(seen.differing)
            many = f" ({n_such} exposures differ so)" if n_such > 1 else ""
            self._differing.append(
                f"inputs {one + 1} and {other + 1} are of one exposure and differ in {label}: "
                f"{preview(values[one])} counts, {preview(values[other])} does not{many}"
            )
        if seen.unidentified:
            once_per = assignment.selection.once_per
            found = self._unidentified.setdefault(once_per, _Unidentified())
            for path in once_per:
                if any(others[path][i] is None for i in seen.unidentified):
                    found.lacking[path] = None
            found.inputs.update(seen.unidentified)
            found.labels[label] = None

    def warn(self) -> None:
        """Warn of all that is in doubt; of inputs that do not tell their exposure, once."""
        for message in self._differing:
            warn(message)
        for found in self._unidentified.values():
            alone = len(found.inputs) == 1
            warn(
                f"{inputs_in_words(sorted(found.inputs))} {'lacks' if alone else 'lack'} "
                f"{join_words(list(found.lacking))}, by which exposures are told apart: "
                f"{'it' if alone else 'each'} counts for itself in {join_words(list(found.labels))}"
            )
