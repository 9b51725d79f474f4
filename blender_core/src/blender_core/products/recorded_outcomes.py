"""How the attributes of a product on disk came about, each found out when it is asked for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from blender_core.common.values import distinct, identity
from blender_core.evaluation.outcome import OF_A_FILE, Outcome, Status, own_outcome
from blender_core.evaluation.outcomes import Outcomes
from blender_core.inputs.column import without_repeats
from blender_core.products.earlier_blend import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blender_core.inputs.row_labels import RowLabels
    from blender_core.products.earlier_blend import RecordedBlend
    from blender_core.schema.attributes import Attribute
    from blender_core.tables.hdrrules import RecordedRules
    from blender_core.tables.recorded_values import RecordedValues


class RecordedOutcomes(Outcomes):
    """What the tables of a product tell of its values, and of the blend that it is from.

    Those outcomes are made that somebody asks for: each may take a look at all rows. A blend that
    `is_of_another` blender is one of whose rules nothing is known.
    """

    def __init__(
        self,
        blend: RecordedBlend,
        rules: RecordedRules,
        attributes: Mapping[str, Attribute],
        values: Mapping[str, Any],
        inputs: Mapping[str, RecordedValues],
        labels: RowLabels,
        *,
        is_of_another: bool,
    ) -> None:
        unmade: list[Outcome] = []
        for path in dict.fromkeys([*attributes, *rules.outcomes, *inputs]):
            known = rules.outcomes.get(path) or attributes.get(path)
            if path in rules.outcomes or path in values or path in inputs:
                keyword = known.keyword if known else None
                unmade.append(Outcome(path, keyword, Status.UNKNOWN, None))
        super().__init__(unmade, inputs, labels)
        self._names = Outcomes(unmade, {})
        self._blend, self._rules, self._is_of_another = blend, rules, is_of_another
        self._attributes, self._values = attributes, values
        self._made: dict[str, Outcome] = {}

    def __getitem__(self, path: str) -> Outcome:
        attribute = self._names[path].attribute
        if attribute not in self._made:
            self._made[attribute] = self._make(attribute)
        return self._made[attribute]

    def get(self, name: str, default: Any = None) -> Any:
        """Return an outcome by the path or keyword of its attribute, if there is one."""
        return self[name] if name in self else default  # noqa: SIM401  # that would be this

    def find(self, attribute: str) -> list[Outcome]:
        """Return the outcomes of the attributes that match a path, a keyword or a pattern."""
        return [self[named.attribute] for named in self._names.find(attribute)]

    def _make(self, path: str) -> Outcome:
        recorded = self._rules.outcomes.get(path)
        if recorded is None:
            return self._unrecorded(path)
        return self._as_it_is(replace(recorded, values_of=self._values_of(path)))

    def _values_of(self, path: str) -> str | None:
        """Return whose values the schema has an attribute blended from, if they are another's."""
        attribute = self._attributes.get(path)
        if attribute is None or attribute.blend_from is None:
            return None
        assignment = self._blend.assignment(path)
        return None if assignment is None else assignment.selection.values_of

    def _as_it_is(self, recorded: Outcome) -> Outcome:
        """Claim no rule and no input for what the product has got since."""
        path, status = recorded.attribute, recorded.status
        value = self._values.get(path)
        if path in OF_A_FILE:
            return own_outcome(recorded, value)
        if self._blend.is_older_than(path, value):
            if status is Status.KEPT:
                return recorded  # nothing tells when the product's own was set
            return replace(
                recorded,
                status=Status.LATER,
                value=value,
                from_input=None,
                blended=self._blend.blended(path),
                after_amendment=status is Status.AMENDED,
            )
        if status is Status.LATER:  # and somebody has set it back
            recorded = replace(recorded, status=Status.SET, blended=None)
        elif status not in (Status.SET, Status.AMENDED):
            return recorded
        inputs, source = self._inputs.get(recorded.source), recorded.from_input
        if inputs is None or source is None or identity(inputs[source]) != identity(value):
            source = None
        return replace(recorded, value=value, from_input=source)

    def _unrecorded(self, path: str) -> Outcome:
        """Return what HDRTAB alone tells of an attribute."""
        attribute = self._attributes.get(path)
        values_of = self._values_of(path)
        value, inputs = self._values.get(path), self._inputs.get(values_of or path)
        n_inputs = n_distinct = source = None
        if inputs is not None:
            n_inputs = len(inputs) - inputs.count(None)
            n_distinct = len(distinct(each for each in without_repeats(inputs) if each is not None))
            if value is not None:
                with suppress(ValueError):  # as of NaN, which a table has for nothing
                    source = inputs.index(value)
        is_of_a_blend = self._rules.is_of_a_blend
        outcome = Outcome(
            path,
            attribute.keyword if attribute else None,
            Status.KEPT if is_of_a_blend else Status.UNKNOWN,
            None if is_of_a_blend else value,
            n_inputs=n_inputs,
            n_distinct=n_distinct,
            from_input=None if is_of_a_blend else source,
            values_of=values_of,
        )
        if path in OF_A_FILE:
            return own_outcome(outcome, value)
        if is_of_a_blend or not inputs or self._is_of_another:
            return outcome
        return self._later(outcome)

    def _later(self, outcome: Outcome) -> Outcome:
        """Tell whether a value is another than the schema's rule makes of HDRTAB."""
        path = outcome.attribute
        blended, assignment = self._blend.blended(path), self._blend.assignment(path)
        is_later = self._blend.is_older_than(path, outcome.value)
        if assignment is None or blended in (None, UNKNOWN) or not is_later:
            return outcome
        return replace(
            outcome,
            status=Status.LATER,
            rule=assignment.name,
            tier=assignment.tier,
            asked_by=assignment.source,
            provider=assignment.provider,
            reason=assignment.reason,
            from_input=None,
            blended=blended,
        )
