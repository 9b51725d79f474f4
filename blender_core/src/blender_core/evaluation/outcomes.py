"""How all attributes of a product came about."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from blender_core.common.attribute_paths import specificity
from blender_core.common.values import distinct, identity
from blender_core.errors import UnknownAttributeError
from blender_core.evaluation.explain import explained
from blender_core.evaluation.outcome import Outcome, Status
from blender_core.evaluation.select import select_with
from blender_core.plan.assignment import AS_THEY_ARE
from blender_core.plugins.rule import Gives

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from blender_core.evaluation.later_values import LaterValue
    from blender_core.plan.assignment import Assignment

__all__ = ["Outcomes", "outcome_of", "outcomes_of"]


class Outcomes(Mapping[str, Outcome]):
    """How each attribute of a product came about, by dotted path, in the order of the plan.

    Parameters
    ----------
    outcomes : iterable of Outcome
        One for each attribute.
    inputs : mapping of str to sequence, shape (n_inputs,)
        What the inputs said, by dotted path, as far as it is known.
    """

    def __init__(self, outcomes: Iterable[Outcome], inputs: Mapping[str, Sequence[Any]]) -> None:
        self._by_path = {one.attribute: one for one in outcomes}
        self._inputs = inputs

    def __getitem__(self, path: str) -> Outcome:
        return self._by_path[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_path)

    def __len__(self) -> int:
        return len(self._by_path)

    def varied(self) -> list[Outcome]:
        """Return the outcomes of attributes that varied though the first was taken by default.

        Returns
        -------
        outcomes : list of Outcome
            In the order of the plan.
        """
        return [outcome for outcome in self.values() if outcome.varied]

    def find(self, attribute: str) -> list[Outcome]:
        """Return the outcomes of what a path, a keyword or a pattern means.

        Parameters
        ----------
        attribute : str
            Dotted path or FITS keyword; the path of a group or a pattern for several attributes.

        Returns
        -------
        outcomes : list of Outcome
            At least one, in the order of the plan.

        Raises
        ------
        UnknownAttributeError
            If nothing is known of such an attribute.
        """
        found = [
            one
            for one in self.values()
            if attribute == one.attribute
            or specificity(attribute, one.attribute, one.keyword) is not None
        ]
        if not found:
            groups = dict.fromkeys(path.rpartition(".")[0] for path in self)
            names = [*groups, *self, *(one.keyword for one in self.values() if one.keyword)]
            close = difflib.get_close_matches(attribute, names, n=3)
            hint = f": did you mean {' or '.join(close)}?" if close else ""
            msg = f"nothing is known of an attribute {attribute!r}{hint}"
            raise UnknownAttributeError(msg, attribute=attribute)
        return found

    def explain(self, attribute: str, own: Mapping[str, Any] | None = None) -> str:
        """Say in words how values came about.

        Parameters
        ----------
        attribute : str
            As for `find`.
        own : mapping of str to object, optional
            The product's own values that stayed, by dotted path, if they are known.

        Returns
        -------
        text : str
            A paragraph for each attribute.

        Raises
        ------
        UnknownAttributeError
            If nothing is known of such an attribute.
        """
        return "\n\n".join(
            explained(one, self._inputs.get(one.attribute), own) for one in self.find(attribute)
        )


def outcomes_of(
    plan: Mapping[str, Assignment],
    inputs: Mapping[str, Sequence[Any]],
    once: Mapping[str, Any],
    values: Mapping[str, Any],
    dropped: Collection[str],
    refused: Mapping[str, Any],
    later: Mapping[str, LaterValue],
) -> Outcomes:
    """Return how each attribute came about."""
    outcomes = []
    for path, assignment in plan.items():
        status = Status.DROPPED if path in dropped else Status.KEPT
        own = later.get(path)
        if own is not None and own.stays:
            status = Status.LATER
        elif path in refused:
            status = Status.REFUSED
        elif path in values:
            status = Status.SET
        value = values.get(path, refused.get(path))
        outcome = outcome_of(assignment, status, value, inputs, once)
        if own is not None and own.stays:
            outcome = replace(outcome, value=own.value, from_input=None, blended=own.blended)
        elif own is not None:
            outcome = replace(outcome, replaced=own.value)
        outcomes.append(outcome)
    return Outcomes(outcomes, inputs)


def outcome_of(
    assignment: Assignment,
    status: Status,
    value: Any,
    inputs: Mapping[str, Sequence[Any]],
    once: Mapping[str, Any],
) -> Outcome:
    """Return how one attribute came about."""
    path = assignment.attribute.path
    given = inputs.get(path)
    n_inputs = n_distinct = None
    if given is None:
        given = (once.get(path),)
    else:
        present = [one for one in given if one is not None]
        n_inputs, n_distinct = len(present), len(distinct(present))
    n_seen, order, values = n_inputs, list(range(len(given))), given
    rule = assignment.rule
    if rule is not None and assignment.selection is not AS_THEY_ARE:
        # It went well before, so it does again.
        seen = select_with(assignment.selection, rule.missing, given, inputs)
        n_seen, order, values = len(seen.values), seen.inputs, seen.values
    source = None
    if value is not None and rule is not None and rule.gives is Gives.INPUT:
        key = identity(value)
        same = (i for i, one in zip(order, values, strict=True) if identity(one) == key)
        source = next(same, None)
        if source is not None and given[source] is None:
            source = None  # something stood in for it
    return Outcome(
        attribute=path,
        keyword=assignment.attribute.keyword,
        status=status,
        value=value,
        rule=assignment.name,
        settings=str(assignment.selection),
        tier=assignment.tier,
        asked_by=assignment.source,
        provider=assignment.provider,
        reason=assignment.reason,
        n_inputs=n_inputs,
        n_distinct=n_distinct,
        n_seen=n_seen,
        from_input=source,
    )
