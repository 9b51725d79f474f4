"""How the attributes of a product on disk came about, each found out when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core.evaluation.outcome import Outcome, Status
from blender_core.evaluation.outcomes import Outcomes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from blender_core.tables.recorded_values import RecordedValues

__all__ = ["RecordedOutcomes"]


class RecordedOutcomes(Outcomes):
    """Outcomes of which those are made that somebody asks for: each may take a look at all rows.

    What is known of them at once are the names: paths, and keywords where there are any.
    """

    def __init__(
        self,
        names: Iterable[tuple[str, str | None]],
        make: Callable[[str], Outcome],
        inputs: Mapping[str, RecordedValues],
    ) -> None:
        unmade = [Outcome(path, keyword, Status.UNKNOWN, None) for path, keyword in names]
        super().__init__(unmade, inputs)
        self._names = Outcomes(unmade, {})
        self._make = make
        self._made: dict[str, Outcome] = {}

    def __getitem__(self, path: str) -> Outcome:
        if path not in self._made:
            self._made[path] = self._make(self._names[path].attribute)
        return self._made[path]

    def find(self, attribute: str) -> list[Outcome]:
        """Return the outcomes of what a path, a keyword or a pattern means."""
        return [self[named.attribute] for named in self._names.find(attribute)]
