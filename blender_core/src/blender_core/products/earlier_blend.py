"""What an earlier blend gave a product, as far as the product's own tables tell.

What the product has now and that blend did not give was set later, by somebody who knew better: the
pixel areas of a resampled image, exposure times that count an exposure once. HDRRULES tells what
the blend gave. Without it, the rules of the schema and what HDRTAB has of the inputs tell: a blend
that did anything else leaves an HDRRULES.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.common.advice import Advice, Argument
from blender_core.common.drop import DROP
from blender_core.errors import InputError, RuleError
from blender_core.evaluation.apply import apply
from blender_core.evaluation.later_values import UNTOLD, is_same
from blender_core.evaluation.outcome import Outcome, Status
from blender_core.plan.assignment import Assignment, Choice, Tier
from blender_core.plan.claims import DEFAULT_RULE, base_choices, protector_of
from blender_core.schema.attributes import Attribute, subschema_at
from blender_core.schema.validation import objection
from blender_core.tables.hdrrules import recorded_rules
from blender_core.tables.hdrtab_cells import Hdrtab
from blender_core.tables.recorded_inputs import recorded_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from blender_core.plugins.registry import ProvidedRule, Registry
    from blender_core.products.base import Product
    from blender_core.tables.hdrrules import RecordedRules
    from blender_core.tables.recorded_inputs import RecordedColumn

__all__ = ["EarlierBlend", "earlier_blend_of"]

_FILENAME: Final = "meta.filename"


class EarlierBlend:
    """A blend of which the product's tables tell.

    Parameters
    ----------
    columns : mapping of str to RecordedColumn
        What HDRTAB has of the inputs, by dotted path.
    rules : RecordedRules or None
        What HDRRULES tells, if there is one.
    attributes : mapping of str to Attribute
        What the schema has, by dotted path.
    find_rule : callable
        Returns the rule that a name means in the schema, and its provider; None if there is none.
    schema : mapping
        The product's schema.
    first_input : mapping of str to object, optional
        What the input of the first row had of attributes that HDRTAB does not record, as far as it
        is known.
    """

    def __init__(
        self,
        columns: Mapping[str, RecordedColumn],
        rules: RecordedRules | None,
        attributes: Mapping[str, Attribute],
        find_rule: Callable[[str], ProvidedRule | None],
        schema: Mapping[str, Any],
        first_input: Mapping[str, Any] | None = None,
    ) -> None:
        self._columns = columns
        self._rules = rules
        self._attributes = attributes
        self._find_rule = find_rule
        self._schema = schema
        self._first_input = first_input or {}
        self._known: dict[str, Any] = {}

    def gave(self, path: str) -> Any:
        """Return what it gave the product for an attribute."""
        if path not in self._known:
            self._known[path] = self._find(path)
        return self._known[path]

    def is_older_than(self, path: str, value: Any) -> bool:
        """Tell whether a product has a value that was set after the blend."""
        gave = self.gave(path)
        if gave is UNTOLD:
            return False
        column = self._columns.get(path)
        cells: Sequence[Any] = () if column is None else column.values
        if is_same(value, gave, cells):
            return False
        # A table has no NaN: an input that seems to have no value may have had it.
        if value != value and None in cells:  # noqa: PLR0124  # only NaN differs from itself
            return False
        # What the schema forbids was not taken, and the product was made as a copy of the first.
        was_refused = bool(cells) and self._forbids(path, gave)
        return not (was_refused and (value is None or is_same(value, cells[0])))

    def may_be_older_than(self, path: str) -> bool:
        """Tell whether nothing is known of where a product's value is from."""
        return self.gave(path) is UNTOLD and not self._was_overridden(path)

    def assignment(self, path: str) -> Assignment | None:
        """Return what the schema asks for an attribute."""
        attribute = self._attributes.get(path, Attribute(path, known=False))
        return self._assignment(attribute, base_choices(attribute, protector_of(path))[0])

    def _assignment(self, attribute: Attribute, choice: Choice) -> Assignment | None:
        name: object = choice.name  # a schema may have anything there
        provided = self._find_rule(name) if isinstance(name, str) else None
        return None if provided is None else Assignment(attribute, choice, *provided)

    def _find(self, path: str) -> Any:
        recorded = None if self._rules is None else self._rules.outcomes.get(path)
        if recorded is not None and recorded.status not in (Status.SET, Status.AMENDED):
            return recorded.blended  # none but of what was set later
        if recorded is not None and recorded.value is not None:
            return recorded.value
        if recorded is None and self._rules is not None and self._rules.is_of_a_blend:
            return None
        return self._computed(path, recorded)

    def _computed(self, path: str, recorded: Outcome | None) -> Any:
        """Return what the rule gives over the column of HDRTAB."""
        assignment = self.assignment(path)
        if recorded is not None and self._was_overridden(path):
            if recorded.settings or recorded.rule is None:
                return UNTOLD
            attribute = self._attributes.get(path, Attribute(path, known=False))
            choice = Choice(recorded.rule, Tier.CALLER, recorded.asked_by, recorded.reason)
            assignment = self._assignment(attribute, choice)
        column, known = self._columns.get(path), self._attributes.get(path)
        if column is None:
            if known is not None and known.recorded:
                return None  # no input had any
            is_first = assignment is not None and assignment.name == DEFAULT_RULE
            return self._first_input.get(path, UNTOLD) if is_first else UNTOLD
        if assignment is None:
            return UNTOLD
        if known is not None and known.type not in (column.attribute.type, None):
            return UNTOLD  # cells of another type than the schema asks for
        try:
            value = apply(assignment, column.values)
        except RuleError:
            return UNTOLD
        return None if value is DROP else value

    def _was_overridden(self, path: str) -> bool:
        recorded = None if self._rules is None else self._rules.outcomes.get(path)
        return recorded is not None and recorded.overridden

    def _forbids(self, path: str, value: Any) -> bool:
        return objection(value, subschema_at(self._schema, path)) is not None


def earlier_blend_of(
    product: Product,
    plan: Mapping[str, Assignment],
    registry: Registry,
    inputs: Mapping[str, Sequence[Any]],
    once: Mapping[str, Any],
) -> EarlierBlend | None:
    """Return the blend that a product is from."""
    what = "the product"
    attributes = {path: assignment.attribute for path, assignment in plan.items()}
    try:
        table = product.table("hdrtab")
        if table is None or (np.ndim(table) == 1 and not len(table)):
            return None
        hdrrules = product.table("hdrrules")
        rules = None if hdrrules is None else recorded_rules(hdrrules, what)
        names = {} if rules is None else rules.columns
        columns = recorded_inputs(Hdrtab(table, what), attributes, names)
    except InputError as error:
        msg = Advice(
            f"{error}\nSo nothing tells which of the product's values were set after its blend. ",
            "With ",
            Argument("later", "replace"),
            ", that does not matter.",
        )
        raise InputError(msg) from error
    by_path = {column.attribute.path: column for column in columns}
    first_name = by_path[_FILENAME].values[0] if _FILENAME in by_path else None
    first_input = {**once, **{path: values[0] for path, values in inputs.items()}}
    is_first = first_name is not None and first_name == first_input.get(_FILENAME)
    return EarlierBlend(
        by_path,
        rules,
        attributes,
        registry.get,
        product.validator.schema,
        first_input if is_first else None,
    )
