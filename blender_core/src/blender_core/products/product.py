"""Put a result into a datamodel: all of it, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from blender_core.common.drop import DROP
from blender_core.common.plain_values import plain
from blender_core.common.wording import preview
from blender_core.errors import (
    InputError,
    InvalidValueError,
    NotADatamodelError,
    raise_all,
    warn,
)
from blender_core.schema.attributes import subschema_at
from blender_core.schema.validation import problem_with, validates_assignments
from blender_core.tables.hdrtab import to_fits_rec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from blender_core.errors import BlenderError
    from blender_core.plan.assignment import Assignment
    from blender_core.plan.plan import BlendPlan
    from blender_core.tables.typed_columns import TypedColumn

__all__ = ["Vetted", "require_datamodel", "update_product", "vet"]


@dataclass(slots=True)
class Vetted:
    """Blended values, sorted by what the product's schema has to say of them.

    Parameters
    ----------
    values : dict of str to object
        What the product gets: its lists and mappings are nobody else's.
    dropped : list of str
        What it loses because a rule says so.
    refused : dict of str to object
        What it loses because its schema forbids the blended value.
    """

    values: dict[str, Any] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    refused: dict[str, Any] = field(default_factory=dict)


def require_datamodel(product: Any) -> None:
    """Refuse a product that is not a datamodel."""
    from stdatamodels import DataModel

    if not isinstance(product, DataModel):
        msg = f"the product is not a datamodel but {type(product).__name__}: {preview(product)}"
        raise NotADatamodelError(msg)


def vet(
    product: Any, tree: Mapping[str, Any], blended: Mapping[str, Any], plan: BlendPlan
) -> Vetted:
    """Sort the blended values by what the product's schema allows. Changes nothing."""
    vetted = Vetted()
    faults: list[BlenderError] = []
    validating = validates_assignments(product)
    for path, value in blended.items():
        if value is DROP:
            vetted.dropped.append(path)
            continue
        if validating:
            try:
                allowed = _allowed(product, path, value, plan)
            except InvalidValueError as fault:
                faults.append(fault)
                continue
            if not allowed:
                vetted.refused[path] = value
                continue
        vetted.values[path] = plain(value) if isinstance(value, (list, dict)) else value
    faults += _obstacles(tree, vetted.values)
    raise_all("the product cannot have these values", faults)
    return vetted


def update_product(
    product: Any, vetted: Vetted, tables: Mapping[str, Sequence[TypedColumn]]
) -> None:
    """Give the product its values and its tables."""
    made = {name: to_fits_rec(name, columns) for name, columns in tables.items() if columns}
    # The schema is this datamodel's own copy. Schemas of stdatamodels may come to have an entry
    # for hdrtab; what it says is kept but for the columns.
    properties = product.schema.setdefault("properties", {})
    tree = product.instance
    # Everything that can fail has been done. The values are valid, so they go into the
    # product's tree as they are: assigning each would validate it again, with a validator each.
    for path in (*vetted.dropped, *vetted.refused):
        _remove(tree, path)
    for path, value in vetted.values.items():
        *parents, name = path.split(".")
        group = tree
        for parent in parents:
            if group.get(parent) is None:
                group[parent] = {}
            group = group[parent]
        group[name] = value
    for name in tables:
        # What stdatamodels makes of the table of a file whose headers somebody has touched. It
        # would be saved in place of the new one.
        (tree.get("extra_fits") or {}).pop(name.upper(), None)
        if name in made:
            tree[name], entry = made[name]
            properties[name] = {**properties.get(name, {}), **entry}
        else:
            tree.pop(name, None)


def _allowed(product: Any, path: str, value: Any, plan: BlendPlan) -> bool:
    from asdf.exceptions import ValidationError

    assignment = plan[path]
    if product is None:
        whose, subschema = "the inputs' schema", assignment.attribute.subschema
    else:
        whose, subschema = "the product's schema", subschema_at(product.schema, path)
    try:
        allowed, problem = problem_with(value, subschema, product)
    except ValidationError as error:
        msg = _forbidden(assignment, whose, value, str(error))
        raise InvalidValueError(msg, attribute=path, value=value) from error
    if problem:
        consequence = "it is set all the same" if allowed else "the product has no value"
        warn(f"{_forbidden(assignment, whose, value, problem)}\nSo {consequence}.")
    return allowed


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
