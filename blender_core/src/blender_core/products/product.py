"""Put a result into a datamodel: all of it, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.common.plain_values import plain
from blender_core.common.values import DROP
from blender_core.common.wording import preview
from blender_core.errors import (
    InputError,
    InvalidValueError,
    raise_all,
    warn,
)
from blender_core.evaluation.outcome import Status
from blender_core.products.extra_cards import cards_left
from blender_core.schema.attributes import subschema_at
from blender_core.schema.tree import put
from blender_core.schema.validation import problem_with, validates_assignments
from blender_core.tables.hdrtab import to_fits_rec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from blender_core.errors import BlenderError
    from blender_core.evaluation.evaluation import Evaluation
    from blender_core.plan.assignment import Assignment
    from blender_core.products.base import Product
    from blender_core.tables.product_table import ProductTable


def changes_of(product: Product, evaluations: Iterable[Evaluation]) -> dict[str, Any]:
    """Return what a product gets, by dotted path, and note in the evaluations what becomes of each.

    `DROP` stands for what it loses because a rule says so, or because its schema forbids the
    blended value. Lists and dicts are the product's own. The product is not changed yet.
    """
    removed: dict[str, Any] = {}
    values: dict[str, Any] = {}
    faults: list[BlenderError] = []
    validates = validates_assignments(product.validator)
    for evaluation in evaluations:
        value = evaluation.value
        if value is None or evaluation.stays:
            continue
        if not product.has_place_for(evaluation.assignment.attribute):
            continue
        path = evaluation.assignment.attribute.path
        if value is DROP:
            evaluation.status = Status.DROPPED
            removed[path] = DROP
            continue
        if validates:
            try:
                is_allowed = _is_allowed(product, evaluation.assignment, value)
            except InvalidValueError as fault:
                faults.append(fault)
                continue
            if not is_allowed:
                evaluation.status = Status.REFUSED
                removed[path] = DROP
                continue
        evaluation.status = Status.SET
        values[path] = plain(value) if isinstance(value, (list, dict)) else value
    faults += _obstacles(product.tree, values)
    raise_all("the product cannot have these values", faults)
    # First what goes: a value may go where a group comes.
    return {**removed, **values}


def update_product(
    product: Any, changes: Mapping[str, Any], tables: Mapping[str, ProductTable]
) -> None:
    """Give the product its values and its tables."""
    made = {name: to_fits_rec(name, table.columns) for name, table in tables.items() if table}
    # The schema is this datamodel's own copy. Schemas of stdatamodels may come to have an entry
    # for hdrtab; what it says is kept but for the columns.
    properties = product.schema.setdefault("properties", {})
    tree = product.instance
    # Everything that can fail has been done. The values are valid, so they go into the
    # product's tree as they are: assigning each would validate it again, with a validator each.
    for path, value in changes.items():
        if value is DROP:
            _remove(tree, path)
        else:
            put(tree, path, value)
    _drop_extra_cards(product.schema, tree, changes)
    for name in tables:
        # What stdatamodels makes of the table of a file whose headers somebody has touched. It
        # would be saved in place of the new one.
        (tree.get("extra_fits") or {}).pop(name.upper(), None)
        if name in made:
            tree[name], entry = made[name]
            properties[name] = {**properties.get(name, {}), **entry}
        else:
            tree.pop(name, None)


def _drop_extra_cards(
    schema: Mapping[str, Any], tree: Mapping[str, Any], changes: Iterable[str]
) -> None:
    """Remove the cards that would follow the blended ones when the product is saved."""
    extra_fits = tree.get("extra_fits")
    if not extra_fits:
        return
    subschemas = [subschema_at(schema, path) for path in changes]
    blended = {
        (str(subschema.get("fits_hdu") or "PRIMARY").upper(), str(subschema["fits_keyword"]))
        for subschema in subschemas
        if "fits_keyword" in subschema
    }
    for name, cards in cards_left(extra_fits, blended).items():
        extra_fits[name]["header"] = cards


def _is_allowed(product: Product, assignment: Assignment, value: Any) -> bool:
    from asdf.exceptions import ValidationError

    attribute = assignment.attribute
    whose, subschema = "the product's schema", subschema_at(product.schema, attribute.path)
    if not product.schema:
        whose, subschema = "the inputs' schema", attribute.subschema
    try:
        is_allowed, problem = problem_with(value, subschema, product.validator)
    except ValidationError as error:
        msg = _forbidden(assignment, whose, value, str(error))
        raise InvalidValueError(
            msg,
            attribute=attribute.path,
            keyword=attribute.keyword,
            value=value,
            provider=assignment.provider,
        ) from error
    if problem:
        consequence = "it is set all the same" if is_allowed else "the product has no value"
        warn(f"{_forbidden(assignment, whose, value, problem)}\nSo {consequence}.")
    return is_allowed


def _forbidden(assignment: Assignment, whose: str, value: Any, problem: str) -> str:
    return (
        f"{whose} forbids the blended value {preview(value)} of "
        f"{assignment.attribute.label}, made by the rule {assignment.name!r} of "
        f"{assignment.provider}: {problem}"
    )


def _obstacles(tree: Mapping[str, Any], values: Mapping[str, Any]) -> list[BlenderError]:
    """Find values, blended ones or the product's own, where groups of others should be."""
    faults: list[BlenderError] = []
    for group in _groups(values):
        if group in values:
            below = min(path for path in values if path.startswith(f"{group}."))
            msg = (
                f"{group} has the blended value {preview(values[group])}, so that {below} cannot "
                f"have {preview(values[below])}: some inputs have a value where others have a group"
            )
            faults.append(InputError(msg))
            continue
        node: Any = tree
        for part in group.split("."):
            node = node.get(part)
            if node is None:
                break
            # What asdf makes an object of is no group in a file's tree, either.
            if not isinstance(node, dict) or getattr(node, "_tag", None) is not None:
                msg = f"the product has the value {preview(node)} where the group {group} should be"
                faults.append(InputError(msg))
                break
    return faults


def _groups(paths: Iterable[str]) -> list[str]:
    """Return the groups that the paths are in, and those that these are in, sorted."""
    groups: set[str] = set()
    for path in paths:
        group = path.rpartition(".")[0]
        while group and group not in groups:
            groups.add(group)
            group = group.rpartition(".")[0]
    return sorted(groups)


def _remove(tree: dict[str, Any], path: str) -> None:
    *parents, name = path.split(".")
    node: Any = tree
    for parent in parents:
        node = node.get(parent) if isinstance(node, dict) else None
    if isinstance(node, dict):
        node.pop(name, None)
