"""Outcomes ↔ HDRRULES, the table in a product that tells which rules made its values."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from blender_core.common.provider import Provider, engine
from blender_core.common.values import identity
from blender_core.errors import InputError
from blender_core.evaluation.outcome import OF_A_FILE, Outcome, Status, own_outcome
from blender_core.plan.assignment import Tier
from blender_core.schema.attributes import Attribute
from blender_core.tables.hdrtab_cells import Hdrtab
from blender_core.tables.typed_columns import TypedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


__all__ = ["RecordedRules", "record_columns", "recorded_rules"]

T = TypeVar("T")

_TEXTS: Final[dict[str, tuple[str, Callable[[Outcome], str]]]] = {
    "ATTRIBUTE": ("Dotted path of the attribute", lambda one: one.attribute),
    "KEYWORD": ("FITS keyword", lambda one: one.keyword or ""),
    "STATUS": ("What became of it", lambda one: one.status.value),
    "RULE": ("Name of the rule", lambda one: one.rule or ""),
    "SETTINGS": ("How values were selected", lambda one: one.settings),
    "TIER": ("Kind of source that asked for it", lambda one: _known(one.tier).label),
    "ASKED_BY": ("Who asked for it", lambda one: one.asked_by),
    "PROVIDER": (
        "Distribution that the rule is from",
        lambda one: _known(one.provider).distribution,
    ),
    "VERSION": ("Version of that distribution", lambda one: _known(one.provider).version),
    "PLUGIN": ("Plugin that the rule is from", lambda one: _known(one.provider).plugin),
    "REASON": ("Why it has this rule", lambda one: one.reason),
}
_NUMBERS: Final[dict[str, tuple[str, Callable[[Outcome], int | None]]]] = {
    "N_INPUTS": ("Inputs that have the attribute", lambda one: one.n_inputs),
    "N_VALUES": ("Different values that they have", lambda one: one.n_distinct),
    "N_SEEN": ("Values that the rule saw", lambda one: one.n_seen),
    "INPUT": ("Row of HDRTAB that the value is from", lambda one: _row(one.from_input)),
}
# Tables of earlier versions do not have these.
_VALUES: Final[dict[str, tuple[str, Callable[[Outcome], Any]]]] = {
    "VALUE": ("The value that the rule gave, in JSON", lambda one: _given(one)),
    "BEFORE": ("The value that it replaced, in JSON", lambda one: one.replaced),
}
_COLUMN: Final = "COLUMN"
"""The column that names another one, of HDRTAB."""
_ESCAPED: Final = re.compile(
    r"\\(?:\\|(?P<digits>x[0-9a-f]{2}|u[0-9a-f]{4}|U00(?:10|0[0-9a-f])[0-9a-f]{4}))"
)
"""What stands for a character that is not ASCII, and for a backslash."""


@dataclass(frozen=True, slots=True)
class RecordedRules:
    """What a product's HDRRULES tells.

    Parameters
    ----------
    outcomes : dict of str to Outcome
        By dotted path, in the order of the table. The value is the one that the rule gave.
    columns : dict of str to str
        The columns of HDRTAB, by dotted path.
    """

    outcomes: dict[str, Outcome]
    columns: dict[str, str]

    @property
    def is_of_a_blend(self) -> bool:
        """Whether it tells of all attributes of a blend, and not only of those amended since."""
        return any(one.status is not Status.AMENDED for one in self.outcomes.values())


def record_columns(outcomes: Iterable[Outcome], columns_of: Mapping[str, str]) -> list[TypedColumn]:
    """Return the outcomes as the columns of HDRRULES."""
    told = [_as_recorded(one) for one in outcomes if one.n_inputs or one.status is not Status.KEPT]
    columns = [
        _text_column(name, title, (_ascii(text_of(one)) for one in told))
        for name, (title, text_of) in _TEXTS.items()
    ]
    named = [_ascii(columns_of.get(one.attribute, "")) for one in told]
    columns.append(_text_column(_COLUMN, "Column of HDRTAB that tells what inputs had", named))
    columns += [
        _text_column(name, title, (_json(value_of(one)) for one in told))
        for name, (title, value_of) in _VALUES.items()
    ]
    for name, (title, number_of) in _NUMBERS.items():
        numbers = [number_of(one) for one in told]
        mask = np.array([number is None for number in numbers], bool)
        data = np.array([number or 0 for number in numbers], np.int64)
        columns.append(TypedColumn(name, Attribute(name, title=title), data, mask))
    return columns


def recorded_rules(table: Any, what: str) -> RecordedRules:
    """Return what a product's HDRRULES tells."""
    opened = Hdrtab(table, what, "HDRRULES")
    lacking = sorted(name for name in (*_TEXTS, _COLUMN, *_NUMBERS) if name not in opened)
    if lacking:
        msg = f"{what}: its HDRRULES has no column {' and no column '.join(lacking)}"
        raise InputError(msg)
    tiers = {tier.label: tier for tier in Tier}
    texts = {name: _texts_of(opened, name) for name in (*_TEXTS, _COLUMN)}
    numbers = {name: opened.values(name, Attribute(name, type="integer")) for name in _NUMBERS}
    values = {name: _values_of(opened, name, what) for name in _VALUES}
    outcomes = {}
    for i in range(len(opened)):
        row = {name: column[i] for name, column in texts.items()}
        number = {name: column[i] for name, column in numbers.items()}
        value, before = (values[name][i] for name in _VALUES)
        try:
            status, tier = Status(row["STATUS"]), tiers[row["TIER"]]
        except (KeyError, ValueError) as error:
            msg = f"{what}: its HDRRULES has a status or a tier that there is not: {error}"
            raise InputError(msg) from error
        outcomes[row["ATTRIBUTE"]] = Outcome(
            attribute=row["ATTRIBUTE"],
            keyword=row["KEYWORD"] or None,
            status=status,
            value=None if status is Status.LATER else value,
            rule=row["RULE"],
            settings=row["SETTINGS"],
            tier=tier,
            asked_by=row["ASKED_BY"],
            provider=Provider(row["PROVIDER"], row["VERSION"], row["PLUGIN"]),
            reason=row["REASON"],
            n_inputs=number["N_INPUTS"],
            n_distinct=number["N_VALUES"],
            n_seen=number["N_SEEN"],
            from_input=None if number["INPUT"] is None else number["INPUT"] - 1,
            blended=value if status is Status.LATER else None,
            replaced=before,
        )
    columns = zip(texts["ATTRIBUTE"], texts[_COLUMN], strict=True)
    return RecordedRules(outcomes, {path: column for path, column in columns if column})


def _as_recorded(outcome: Outcome) -> Outcome:
    """Claim no rule for what the product gets of its own file when it is saved."""
    if outcome.attribute not in OF_A_FILE:
        return outcome
    return replace(
        own_outcome(outcome, None),
        rule="keep",
        tier=Tier.DEFAULT,
        asked_by="the engine",
        provider=engine(),
        reason="the file has its own",
    )


def _given(outcome: Outcome) -> Any:
    """Return what the rule gave; None if it gave nothing."""
    return outcome.blended if outcome.status is Status.LATER else outcome.value


def _known(one: T | None) -> T:
    if one is None:
        msg = "what is not known of a blend cannot be recorded"
        raise ValueError(msg)
    return one


def _row(index: int | None) -> int | None:
    return None if index is None else index + 1


def _text_column(name: str, title: str, texts: Iterable[bytes]) -> TypedColumn:
    cells = list(texts)
    data = np.array(cells, dtype=f"S{max(map(len, cells), default=1) or 1}")
    return TypedColumn(name, Attribute(name, title=title), data, np.zeros(len(cells), bool))


def _ascii(text: str) -> bytes:
    printable = "".join(c if c.isprintable() else " " for c in text)
    return printable.replace("\\", "\\\\").encode("ascii", "backslashreplace")


def _json(value: Any) -> bytes:
    """Return a value in JSON; nothing if JSON would make another of it."""
    if value is None:
        return b""
    try:
        # JSON escapes all characters that FITS does not have, but one.
        text = json.dumps(value).replace("\x7f", "\\u007f")
        if identity(json.loads(text)) != identity(value):  # as names that are numbers
            return b""
    except (TypeError, ValueError, RecursionError):
        return b""
    return text.encode("ascii")


def _texts_of(table: Hdrtab, name: str) -> list[str]:
    """Return the texts of a column, as they were before they were made ASCII."""
    texts = table.values(name, Attribute(name, type="string"))
    return [_ESCAPED.sub(_unescaped, text) if text else "" for text in texts]


def _values_of(table: Hdrtab, name: str, what: str) -> list[Any]:
    """Return the values of a column in JSON, None where it tells none."""
    if name not in table:
        return [None] * len(table)
    texts = table.values(name, Attribute(name, type="string"))
    try:
        return [json.loads(text) if text else None for text in texts]
    except (ValueError, RecursionError) as error:
        msg = f"{what}: column {name!r} of its HDRRULES has a value that is not JSON: {error}"
        raise InputError(msg) from error


def _unescaped(escaped: re.Match[str]) -> str:
    digits = escaped["digits"]
    return chr(int(digits[1:], 16)) if digits else "\\"
