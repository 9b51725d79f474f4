"""HDRRULES, the table in a product that tells which rules made its values.

Whether a product gets one; how it is written, and how it is read.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.common.environment import RECORD_RULES
from blender_core.common.provider import Provider, engine
from blender_core.common.values import identity
from blender_core.common.wording import preview
from blender_core.errors import EnvironmentVariableError, InputError
from blender_core.evaluation.outcome import OF_A_FILE, Outcome, Status
from blender_core.plan.assignment import Tier
from blender_core.plan.claims import IGNORED
from blender_core.schema.attributes import Attribute
from blender_core.tables.hdrtab import LEAST_INTEGER, TypedColumn
from blender_core.tables.recorded_inputs import Hdrtab

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from blender_core.evaluation.evaluation import Evaluation
    from blender_core.plan.assignment import Assignment

_YES: Final = ("1", "true", "yes", "on")
_NO: Final = ("0", "false", "no", "off")

_TEXTS: Final = {
    "ATTRIBUTE": "Dotted path of the attribute",
    "KEYWORD": "FITS keyword",
    "STATUS": "What became of it",
    "RULE": "Name of the rule",
    "SETTINGS": "How values were selected",
    "TIER": "Kind of source that asked for it",
    "ASKED_BY": "Who asked for it",
    "PROVIDER": "Distribution that the rule is from",
    "VERSION": "Version of that distribution",
    "PLUGIN": "Plugin that the rule is from",
    "REASON": "Why it has this rule",
    "COLUMN": "Column of HDRTAB that tells what inputs had",
}
_REMARK: Final = {"REMARK": "What the rule said of the value"}
_VALUES: Final = {
    "VALUE": "The value that the rule gave, in JSON",
    "BEFORE": "The value that it replaced, in JSON",
}
"""Tables of earlier versions have neither these nor a remark."""
_NUMBERS: Final = {
    "N_INPUTS": "Inputs that have the attribute",
    "N_VALUES": "Different values that they have",
    "N_SEEN": "Values that the rule saw",
    "INPUT": "Row of HDRTAB that the value is from",
}
_LONGEST_VALUE: Final = 10_000
"""All cells of a column are as long as the longest. HDRTAB tells what longer ones were made of."""
_TIERS: Final = {tier.label: tier for tier in Tier}
_ESCAPED: Final = re.compile(
    r"\\(?:\\|(?P<digits>x[0-9a-f]{2}|u[0-9a-f]{4}|U00(?:10|0[0-9a-f])[0-9a-f]{4}))"
)
"""What stands for a character that is not ASCII, and for a backslash."""


def record_rules() -> bool | None:
    """Return whether the environment asks for HDRRULES; None if it does not say."""
    value = os.environ.get(RECORD_RULES, "").strip()
    if not value:
        return None
    allowed = (*_YES, *_NO)
    if value.casefold() not in allowed:
        yes, no = ", ".join(_YES), ", ".join(_NO)
        msg = f"the environment variable {RECORD_RULES} is one of {yes}, or of {no}, not {value!r}"
        raise EnvironmentVariableError(msg, variable=RECORD_RULES, value=value, allowed=allowed)
    return value.casefold() in _YES


def departs_from_schema(evaluations: Iterable[Evaluation]) -> bool:
    """Tell whether a blend did anything that the schema and the standard rules do not tell."""
    return any(
        _departs(evaluation.assignment)
        and (
            evaluation.status in (Status.SET, Status.DROPPED, Status.REFUSED)
            or (evaluation.is_of_all and any(value is not None for value in evaluation.values))
        )
        for evaluation in evaluations
    )


def _departs(assignment: Assignment) -> bool:
    if assignment.tier > Tier.SCHEMA and assignment.choice != IGNORED:
        return True
    rule, attribute = assignment.rule, assignment.attribute
    records = assignment.recorded, assignment.column
    return records != (attribute.recorded, attribute.column) or (
        rule is not None and rule.replaces is not None
    )


@dataclass(frozen=True, slots=True)
class RecordedRules:
    """What a product's HDRRULES tells: outcomes, and names of HDRTAB's columns, by dotted path.

    The value of an outcome is the one that the rule gave.
    """

    outcomes: dict[str, Outcome]
    columns: dict[str, str]

    def require_inputs(self, n_inputs: int, label: str) -> None:
        """Refuse values that are from an input of which HDRTAB has no row."""
        for outcome in self.outcomes.values():
            if outcome.from_input is not None and outcome.from_input >= n_inputs:
                number = outcome.from_input + 1
                msg = (
                    f"{label}: by its HDRRULES, {outcome.label} is from input {number:,}, and its "
                    f"HDRTAB has {n_inputs:,}"
                )
                raise InputError(msg)

    @property
    def is_of_a_blend(self) -> bool:
        """Whether it tells of all attributes of a blend, and not only of those amended since."""
        return any(outcome.status is not Status.AMENDED for outcome in self.outcomes.values())


def record_columns(
    outcomes: Iterable[Outcome], column_names: Mapping[str, str]
) -> list[TypedColumn]:
    """Return the outcomes as the columns of HDRRULES."""
    rows = [
        _row(outcome, column_names.get(outcome.attribute, ""))
        for outcome in outcomes
        if outcome.n_inputs or outcome.status is not Status.KEPT
    ]
    columns = []
    cells: list[Any]
    for name, title in {**_TEXTS, **_REMARK, **_VALUES}.items():
        cells = [_json(row[name]) if name in _VALUES else _ascii(row[name]) for row in rows]
        dtype = np.dtype(f"S{max(map(len, cells), default=1) or 1}")
        columns.append(TypedColumn(name, Attribute(name, title=title), cells, dtype))
    for name, title in _NUMBERS.items():
        cells = [row[name] for row in rows]
        attribute = Attribute(name, title=title)
        dtype = np.dtype(np.int64)
        columns.append(TypedColumn(name, attribute, cells, dtype, null=LEAST_INTEGER))
    return columns


def _row(outcome: Outcome, column: str) -> dict[str, Any]:
    if outcome.attribute in OF_A_FILE:
        # The product gets its own when it is saved, which no rule has made.
        outcome = Outcome(
            outcome.attribute,
            outcome.keyword,
            Status.OWN,
            None,
            rule="keep",
            tier=Tier.DEFAULT,
            asked_by="the engine",
            provider=engine(),
            reason="the file has its own",
            n_inputs=outcome.n_inputs,
            n_distinct=outcome.n_distinct,
        )
    tier, provider = outcome.tier, outcome.provider
    if tier is None or provider is None:
        msg = "what is not known of a blend cannot be recorded"
        raise ValueError(msg)
    return {
        "ATTRIBUTE": outcome.attribute,
        "KEYWORD": outcome.keyword or "",
        "STATUS": outcome.status.value,
        "RULE": outcome.rule or "",
        "SETTINGS": outcome.settings,
        "TIER": tier.label,
        "ASKED_BY": outcome.asked_by,
        "PROVIDER": provider.distribution,
        "VERSION": provider.version,
        "PLUGIN": provider.plugin,
        "REASON": outcome.reason,
        "COLUMN": column,
        "REMARK": outcome.remark,
        "VALUE": outcome.blended if outcome.status is Status.LATER else outcome.value,
        "BEFORE": outcome.replaced,
        "N_INPUTS": outcome.n_inputs,
        "N_VALUES": outcome.n_distinct,
        "N_SEEN": outcome.n_seen,
        "INPUT": None if outcome.from_input is None else outcome.from_input + 1,
    }


def _ascii(text: str) -> bytes:
    printable = "".join(c if c.isprintable() else " " for c in text)
    return printable.replace("\\", "\\\\").encode("ascii", "backslashreplace")


def _json(value: Any) -> bytes:
    """Return a value in JSON; nothing if JSON would make another of it, or it is very long."""
    if value is None:
        return b""
    try:
        # JSON escapes all characters that FITS does not have, but one.
        text = json.dumps(value).replace("\x7f", "\\u007f")
        if identity(json.loads(text)) != identity(value):  # as names that are numbers
            return b""
    except (TypeError, ValueError, RecursionError):
        return b""
    return text.encode("ascii") if len(text) <= _LONGEST_VALUE else b""


def recorded_rules(table: Any, label: str) -> RecordedRules:
    """Return what a product's HDRRULES tells."""
    recorded = Hdrtab(table, label, "HDRRULES")
    lacking = sorted(name for name in (*_TEXTS, *_NUMBERS) if name not in recorded)
    if lacking:
        msg = f"{label}: its HDRRULES has no column {' and no column '.join(lacking)}"
        raise InputError(msg)
    names = (*_TEXTS, *_REMARK, *_VALUES, *_NUMBERS)
    cells = zip(*(_cells(recorded, name, label) for name in names), strict=True)
    rows = [dict(zip(names, row, strict=True)) for row in cells]
    try:
        outcomes = {row["ATTRIBUTE"]: _outcome(row) for row in rows}
    except (KeyError, ValueError) as error:
        msg = f"{label}: its HDRRULES has a status or a tier that there is not: {error}"
        raise InputError(msg) from error
    if len(outcomes) < len(rows):
        ((repeated, _),) = Counter(row["ATTRIBUTE"] for row in rows).most_common(1)
        msg = f"{label}: its HDRRULES tells of the attribute {preview(repeated)} more than once"
        raise InputError(msg)
    columns = {row["ATTRIBUTE"]: row["COLUMN"] for row in rows if row["COLUMN"]}
    return RecordedRules(outcomes, columns)


def _outcome(row: Mapping[str, Any]) -> Outcome:
    status = Status(row["STATUS"])
    is_later = status is Status.LATER
    return Outcome(
        attribute=row["ATTRIBUTE"],
        keyword=row["KEYWORD"] or None,
        status=status,
        value=None if is_later else row["VALUE"],
        rule=row["RULE"],
        settings=row["SETTINGS"],
        tier=_TIERS[row["TIER"]],
        asked_by=row["ASKED_BY"],
        provider=Provider(row["PROVIDER"], row["VERSION"], row["PLUGIN"]),
        reason=row["REASON"],
        n_inputs=row["N_INPUTS"],
        n_distinct=row["N_VALUES"],
        n_seen=row["N_SEEN"],
        from_input=None if row["INPUT"] is None else row["INPUT"] - 1,
        blended=row["VALUE"] if is_later else None,
        replaced=row["BEFORE"],
        remark=row["REMARK"] or "",
    )


def _cells(table: Hdrtab, name: str, label: str) -> list[Any]:
    """Return the cells of a column as they were before they were made ASCII or JSON."""
    if name in _NUMBERS:
        numbers = table.values(name, Attribute(name, type="integer"))
        least = 1 if name == "INPUT" else 0
        for number in numbers:
            if number is not None and (type(number) is not int or number < least):
                msg = f"{label}: column {name!r} of its HDRRULES has {preview(number)}"
                raise InputError(msg)
        return numbers
    if name not in table:
        return [None] * len(table)
    texts = table.values(name, Attribute(name, type="string"))
    if name not in _VALUES:
        return [_ESCAPED.sub(_unescaped, text) if text else "" for text in texts]
    try:
        return [json.loads(text) if text else None for text in texts]
    except (ValueError, RecursionError) as error:
        msg = f"{label}: column {name!r} of its HDRRULES has a value that is not JSON: {error}"
        raise InputError(msg) from error


def _unescaped(escaped: re.Match[str]) -> str:
    digits = escaped["digits"]
    return chr(int(digits[1:], 16)) if digits else "\\"
