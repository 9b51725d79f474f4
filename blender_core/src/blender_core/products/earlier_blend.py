"""The blend that a product was blended by before: recorded in its tables, or remembered.

What the product has now and that blend did not give was set later, by somebody who knew better: the
pixel areas of a resampled image, exposure times that count an exposure once. HDRRULES tells what
the blend gave. Without it, the rules of the schema and what HDRTAB has of the inputs tell: a blend
that did anything else leaves an HDRRULES.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.advice import Advice, Argument
from blender_core.common.plain_values import plain
from blender_core.common.values import DROP
from blender_core.errors import InputError, RuleError
from blender_core.evaluation.evaluation import evaluate_attribute
from blender_core.evaluation.outcome import Outcome, Status
from blender_core.plan.assignment import AS_THEY_ARE, Assignment, Choice, Tier
from blender_core.plan.schema_choices import DEFAULT_RULE, SchemaChoices
from blender_core.products.datamodel import DatamodelProduct
from blender_core.products.later_values import EarlierBlend, is_same
from blender_core.schema.attribute_index import AttributeIndex
from blender_core.schema.attributes import Attribute, subschema_at
from blender_core.schema.layout import Layout
from blender_core.schema.tree import collect
from blender_core.schema.validation import objection
from blender_core.tables.hdrrules import recorded_rules
from blender_core.tables.recorded_inputs import Hdrtab, recorded_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from blender_core.evaluation.evaluation import Evaluation
    from blender_core.plugins.registry import ProvidedRule, Registry
    from blender_core.products.base import Product
    from blender_core.tables.hdrrules import RecordedRules
    from blender_core.tables.recorded_inputs import RecordedColumn

UNKNOWN: Final = object()
"""Stands for a value of which nothing tells what it was."""
_FILENAME: Final = "meta.filename"


class RecordedBlend(EarlierBlend):
    """A blend of which the product's tables tell.

    `find_rule` returns the rule that a name means in the schema, and its provider; None if there is
    none. `first_input` has what the input of the first row had of attributes that HDRTAB does not
    record, as far as it is known.
    """

    def __init__(
        self,
        columns: Iterable[RecordedColumn],
        rules: RecordedRules | None,
        attributes: Mapping[str, Attribute],
        find_rule: Callable[[str], ProvidedRule | None],
        schema: Mapping[str, Any],
        first_input: Mapping[str, Any] | None = None,
    ) -> None:
        self._columns = {column.attribute.path: column for column in columns}
        self._rules = rules
        self._attributes = attributes
        self._choices = SchemaChoices(AttributeIndex(attributes.values()))
        self._find_rule = find_rule
        self._schema = schema
        self._first_input = first_input or {}
        self._blended: dict[str, Any] = {}

    def blended(self, path: str) -> Any:
        """Return what it gave the product for an attribute; UNKNOWN if nothing tells."""
        if path not in self._blended:
            self._blended[path] = self._find(path)
        return self._blended[path]

    def is_older_than(self, path: str, value: Any) -> bool:
        """Tell whether what the product has of an attribute was set after the blend."""
        blended = self.blended(path)
        if blended is UNKNOWN:
            return False
        column = self._columns.get(path)
        cells: Sequence[Any] = () if column is None else column.values
        if is_same(value, blended, cells):
            return False
        # A table has no NaN: an input that seems to have no value may have had it.
        if value != value and None in cells:  # noqa: PLR0124  # only NaN differs from itself
            return False
        # What the schema forbids was not taken, and the product was made as a copy of the first.
        was_refused = bool(cells) and objection(blended, subschema_at(self._schema, path))
        return not (was_refused and (value is None or is_same(value, cells[0])))

    def may_be_older_than(self, path: str) -> bool:
        """Tell whether nothing is known of where what the product has is from."""
        if self.blended(path) is not UNKNOWN:
            return False
        recorded = self._recorded(path)
        return recorded is None or not recorded.overridden

    def assignment(self, path: str) -> Assignment | None:
        """Return what the schema asks for an attribute."""
        attribute = self._attribute(path)
        return self._assignment(attribute, self._choices.of(attribute)[0])

    def _attribute(self, path: str) -> Attribute:
        return self._attributes.get(path, Attribute(path, known=False))

    def _recorded(self, path: str) -> Outcome | None:
        return None if self._rules is None else self._rules.outcomes.get(path)

    def _assignment(self, attribute: Attribute, choice: Choice) -> Assignment | None:
        name: object = choice.name  # a schema may have anything there
        provided = self._find_rule(name) if isinstance(name, str) else None
        return None if provided is None else Assignment(attribute, choice, *provided)

    def _find(self, path: str) -> Any:
        recorded = self._recorded(path)
        if recorded is None:
            if self._rules is not None and self._rules.is_of_a_blend:
                return None
        elif recorded.status not in (Status.SET, Status.AMENDED):
            return recorded.blended  # none but of what was set later
        elif recorded.value is not None:
            return recorded.value
        return self._computed(path, recorded)

    def _computed(self, path: str, recorded: Outcome | None) -> Any:
        """Return what the rule gives over the column of HDRTAB."""
        assignment = self.assignment(path)
        if recorded is not None and recorded.overridden:
            if recorded.settings or recorded.rule is None:
                return UNKNOWN
            choice = Choice(recorded.rule, Tier.CALLER, recorded.asked_by, recorded.reason)
            assignment = self._assignment(self._attribute(path), choice)
        selection = AS_THEY_ARE if assignment is None else assignment.selection
        if not self._columns.keys() >= set(selection.needs):
            return UNKNOWN
        column, attribute = (
            self._columns.get(selection.values_of or path),
            self._attributes.get(path),
        )
        if column is None:
            if attribute is not None and attribute.recorded:
                return None  # no input had any
            is_first = assignment is not None and assignment.name == DEFAULT_RULE
            return self._first_input.get(path, UNKNOWN) if is_first else UNKNOWN
        if assignment is None:
            return UNKNOWN
        if attribute is not None and attribute.type not in (column.attribute.type, None):
            return UNKNOWN  # cells of another type than the schema asks for
        try:
            others = {name: self._columns[name].values for name in selection.needs}
            value = evaluate_attribute(assignment, column.values, others).value
        except RuleError:
            return UNKNOWN
        return None if value is DROP else value


def recorded_blend(
    product: Product,
    plan: Mapping[str, Assignment],
    registry: Registry,
    inputs: Mapping[str, Sequence[Any]],
    once: Mapping[str, Any],
) -> RecordedBlend | None:
    """Return the blend that a product's tables tell of, for one of these inputs."""
    label = "the product"
    try:
        table = product.table("hdrtab")
        if table is None or (getattr(table, "ndim", 1) == 1 and not len(table)):
            return None
        attributes = {path: assignment.attribute for path, assignment in plan.items()}
        hdrrules = product.table("hdrrules")
        if hdrrules is None and product.records_rules:
            return None  # of another blender, with rules of which nothing is known
        rules = None if hdrrules is None else recorded_rules(hdrrules, label)
        names = {} if rules is None else rules.columns
        columns = recorded_inputs(Hdrtab(table, label), attributes, names)
    except InputError as error:
        msg = Advice(
            f"{error}\nSo nothing tells which of the product's values were set after its blend. ",
            "With ",
            Argument("later", "replace"),
            ", that does not matter.",
        )
        raise InputError(msg) from error
    first_row = {column.attribute.path: column.values[0] for column in columns}
    first_input = {**once, **{path: values[0] for path, values in inputs.items()}}
    first_name = first_row.get(_FILENAME)
    is_first = first_name is not None and first_name == first_input.get(_FILENAME)
    return RecordedBlend(
        columns,
        rules,
        attributes,
        registry.get,
        product.schema,
        first_input if is_first else None,
    )


class RememberedBlends:
    """The blends of products that have been finalized, for as long as these are in memory.

    Products are known by the tables that they got.
    """

    def __init__(self) -> None:
        self._blends: list[tuple[weakref.ref[Any], _RememberedBlend]] = []

    def of(self, product: Product) -> EarlierBlend | None:
        """Return the blend that a product has its HDRTAB from; None if it is not known."""
        if not (self._blends and isinstance(product, DatamodelProduct)):
            return None
        table = product.table("hdrtab")
        matches = (blend for table_of, blend in self._blends if table_of() is table is not None)
        return next(matches, None)

    def add(self, product: Product, evaluations: Mapping[str, Evaluation]) -> None:
        """Remember what a product has got."""
        # What is remembered is a datamodel's table: files, and plugins' products, have another one
        # whenever they are asked.
        if not isinstance(product, DatamodelProduct):
            return
        if (table := product.table("hdrtab")) is None:
            return
        self._blends = [known for known in self._blends if known[0]() is not None]
        blend = _RememberedBlend(evaluations, product.tree.get("meta"))
        self._blends.append((weakref.ref(table), blend))


class _RememberedBlend(EarlierBlend):
    """A blend that the same `ModelBlender` has made, and how it left the product."""

    def __init__(self, evaluations: Mapping[str, Evaluation], meta: Any) -> None:
        # Where a value of before the blend stayed, that is still later than what the blend gave.
        self._blended = {
            path: evaluation.blended
            for path, evaluation in evaluations.items()
            if evaluation.status is Status.LATER
        }
        self._tree = {"meta": _copied(meta)}

    def is_older_than(self, path: str, value: Any) -> bool:
        """Tell whether what the product has of an attribute was set after the blend."""
        if path in self._blended:
            return not is_same(value, self._blended[path])
        (left,) = collect(self._tree, Layout([Attribute(path)]))
        return not is_same(value, plain(left))


def _copied(node: Any) -> Any:
    """Return a tree whose groups and lists nobody else changes."""
    if isinstance(node, dict):
        return {name: _copied(value) for name, value in node.items()}
    return list(node) if isinstance(node, list) else node
