"""The check of a plan: what cannot come out right, before anything is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from blender_core.common.advice import Advice, Argument
from blender_core.common.foreign import tried
from blender_core.common.values import Noted
from blender_core.common.wording import preview
from blender_core.errors import RuleError
from blender_core.plan.assignment import Tier
from blender_core.plan.findings import Finding, FindingKind
from blender_core.plan.schema_choices import DEFAULT_RULE
from blender_core.plugins.rule import Gives
from blender_core.schema.attributes import Attribute, json_type
from blender_core.schema.conversion import rule_result
from blender_core.schema.validation import objection, problem_with_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blender_core.plan.assignment import Assignment
    from blender_core.plugins.rule import Rule


_IN_WORDS: Final = {
    "string": "a text",
    "number": "a number",
    "integer": "an integer",
    "boolean": "a boolean",
    "array": "a list",
    "object": "a mapping",
}
_NO_SCALARS: Final = frozenset({"array", "object"})
_MADE: Final = {
    Gives.NUMBER: "number",
    Gives.COUNT: "integer",
    Gives.TEXT: "string",
    Gives.LIST: "array",
}
"""The type of what comes out of a rule, whatever the inputs have."""
_UNLISTED: Final = " not among those that the schema lists"
_MOST_SHOWN: Final = 3


def check_plan(
    assignments: Mapping[str, Assignment],
    columns: Mapping[str, str],
    product: Mapping[str, Attribute] | None = None,
) -> Iterator[Finding]:
    """Find what cannot come out right."""
    owners = {column.casefold(): path for path, column in columns.items()}
    for path, assignment in assignments.items():
        if (rule := assignment.rule) is not None:
            source = assignment.attribute
            target = source if product is None else product.get(path, Attribute(path))
            for kind, problem in _values(assignment, rule, target):
                yield _finding(assignment, kind, problem, _another_rule(assignment))
            yield from _default(assignment, rule, target)
            yield from _selection(assignment, assignments)
            if rule.deprecated:
                problem = f"its rule {rule.name!r} is deprecated"
                # It gives the right value, and who asks for it here cannot take another.
                is_of_schema = assignment.tier <= Tier.SCHEMA
                yield _finding(
                    assignment,
                    FindingKind.DEPRECATED,
                    problem,
                    rule.deprecated,
                    is_information=is_of_schema,
                )
        if path in columns:
            yield from _column(assignment, columns[path], assignments, owners)


def _values(
    assignment: Assignment, rule: Rule, target: Attribute
) -> Iterator[tuple[FindingKind, str]]:
    """Find what the rule may give and the product cannot have."""
    source = assignment.attribute
    parameters = dict(assignment.selection.parameters)
    chosen = (parameters[name] for name in rule.constant_parameters if name in parameters)
    yield from _constants((*rule.constants, *chosen), source, target)
    if rule.gives is Gives.CONSTANT or (rule.gives is Gives.INPUT and target is source):
        return  # what an input has, its own schema allows
    made = _MADE.get(rule.gives, source.type)
    if rule.gives is Gives.SAME_TYPE:
        if made == "string" or made in _NO_SCALARS:
            problem = f"its rule computes with numbers where inputs have {_IN_WORDS[made]}"
            yield FindingKind.TYPE, problem
            return
        if made == "boolean":
            made = _made_of_booleans(rule)
    if made is None:
        return
    if not _suits(made, target):
        gives = f"gives {_IN_WORDS[made]}"
        if (made, target.type) == ("number", "integer"):
            gives = "may give a fraction"
        yield FindingKind.TYPE, f"its rule {gives}{_where(target)}"
    elif target.enum is not None:
        listed = source.enum if rule.gives is Gives.INPUT else None
        beyond = [value for value in listed or () if value not in target.enum]
        if listed is None:
            yield FindingKind.ENUM, f"its rule may give {_IN_WORDS[made]}{_UNLISTED}"
        elif beyond:
            yield FindingKind.ENUM, f"its rule may give {_either(beyond)},{_UNLISTED}"


def _constants(
    constants: Iterable[Any], source: Attribute, target: Attribute
) -> Iterator[tuple[FindingKind, str]]:
    refused: dict[tuple[FindingKind, str], list[Any]] = {}
    for constant in constants:
        try:
            value = rule_result(constant, source.type)
        except RuleError as error:
            yield FindingKind.TYPE, f"its rule may give {preview(constant)}: {error}"
        else:
            if refusal := _refusal(value, target):
                refused.setdefault(refusal, []).append(value)
    for (kind, reason), values in refused.items():
        yield kind, f"its rule may give {_either(values)}{reason}"


def _made_of_booleans(rule: Rule) -> str | None:
    """Return the type that a rule makes of booleans: a bitwise or is a boolean, a sum is not."""

    def kind() -> str:
        value = rule.blend([True, True])
        return json_type(rule_result(value.value if type(value) is Noted else value, None))

    # The rule is somebody else's, and may want companions.
    return tried(kind, fallback=None)


def _default(assignment: Assignment, rule: Rule, target: Attribute) -> Iterator[Finding]:
    """Find what cannot stand in for a missing value."""
    default = assignment.selection.default
    if default is None:
        return
    problem = ""
    if rule.gives is Gives.INPUT:
        # An input's value comes out as it is, and so does what stands in for one.
        if refusal := _refusal(default, target):
            problem = f"its rule may give the default {preview(default)}{refusal[1]}"
    elif rule.gives is Gives.LIST:
        problem = f"its rule takes lists, and the default {preview(default)} is not one"
    elif rule.gives in (Gives.NUMBER, Gives.SAME_TYPE) and isinstance(default, str):
        problem = f"its rule computes with numbers, and the default {preview(default)} is not one"
    elif rule.gives is Gives.SAME_TYPE and _is_fraction(default) and target.type == "integer":
        problem = f"with the default {default}, its rule may give a fraction{_where(target)}"
    if problem:
        remedy = f"Let {assignment.source} give another default, or none."
        yield _finding(assignment, FindingKind.DEFAULT, problem, remedy)


def _selection(assignment: Assignment, assignments: Mapping[str, Assignment]) -> Iterator[Finding]:
    """Find attributes that inputs cannot be put in order by, or exposures told apart."""
    named = [(path, "exposures cannot be told apart") for path in assignment.selection.once_per]
    if assignment.selection.order_by:
        named.insert(0, (assignment.selection.order_by, "inputs cannot be put in order"))
    for path, problem in named:
        attribute = assignments[path].attribute
        if attribute.type in _NO_SCALARS:
            problem += f" by {attribute.label}, which is {_IN_WORDS[attribute.type]}"
            remedy = f"Let {assignment.source} name an attribute that is a number or a text."
            yield _finding(assignment, FindingKind.SELECTION, problem, remedy)


def _column(
    assignment: Assignment,
    column: str,
    assignments: Mapping[str, Assignment],
    owners: Mapping[str, str],
) -> Iterator[Finding]:
    attribute = assignment.attribute
    wanted = assignment.column or attribute.keyword or attribute.path
    remedy = f"Give it a column of its own: Override(attribute={attribute.path!r}, column=...)."
    if column != wanted:
        other = assignments[owners[wanted.casefold()]]
        problem = (
            f"its column {wanted!r} is that of {other.attribute.label} as well: it gets {column!r}"
        )
        # Both have a column. That one schema has a keyword twice, only its authors can mend.
        is_of_schema = not (_has_own_column(assignment) or _has_own_column(other))
        yield _finding(assignment, FindingKind.COLUMN, problem, remedy, is_information=is_of_schema)
    if reason := problem_with_name(column):
        problem = f"HDRTAB cannot have its column {preview(column)}: {reason}"
        yield _finding(assignment, FindingKind.COLUMN, problem, remedy)


def _has_own_column(assignment: Assignment) -> bool:
    """Tell whether somebody else than the schema asks for a column, or for its name."""
    return assignment.column is not None or assignment.recorded != assignment.attribute.recorded


def _finding(
    assignment: Assignment,
    kind: FindingKind,
    problem: str,
    remedy: str,
    *,
    is_information: bool = False,
) -> Finding:
    attribute, choice = assignment.attribute, assignment.choice
    where = kind, attribute.path, attribute.keyword
    return Finding(
        *where,
        choice.label,
        assignment.provider,
        choice.source,
        problem,
        remedy,
        is_information=is_information,
    )


def _another_rule(assignment: Assignment) -> str:
    # What suits the inputs need not suit the product: then only its own value does.
    safe = "keep" if assignment.name == DEFAULT_RULE else DEFAULT_RULE
    if assignment.tier > Tier.SCHEMA:
        return f"Let {assignment.source} ask for another rule, such as {safe!r}."
    overrides = Argument("overrides", {assignment.attribute.path: safe})
    return Advice("Override the rule: ", overrides, ", say.")


def _refusal(value: Any, target: Attribute) -> tuple[FindingKind, str] | None:
    """Return why the product cannot have a value, for the end of a sentence."""
    if not _suits(json_type(value), target):
        return FindingKind.TYPE, _where(target)
    if target.enum is not None and value not in target.enum:
        return FindingKind.ENUM, f",{_UNLISTED}"
    if problem := objection(value, target.subschema):
        return FindingKind.SCHEMA, f": {problem}"
    return None


def _is_fraction(value: Any) -> bool:
    return isinstance(value, float) and not value.is_integer()


def _suits(kind: str, target: Attribute) -> bool:
    return target.type in (None, kind) or (kind, target.type) == ("integer", "number")


def _where(target: Attribute) -> str:
    return f" where {_IN_WORDS[target.type or '']} is asked for"


def _either(values: Sequence[Any]) -> str:
    words = [preview(value) for value in values[:_MOST_SHOWN]]
    if len(values) > _MOST_SHOWN:
        words.append(f"{len(values) - _MOST_SHOWN} others")
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
