"""The text of the page. Everything that comes from elsewhere is escaped here."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.forks import unforked
from blender_core.common.provider import engine_version
from blender_core.report.drawn import draw
from blender_core.report.encoding import encode_texts, shown, to_text
from blender_core.report.exposures import describe_inputs, read_exposures, span_text

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from jinja2 import Template

    from blender_core.report.drawn import Drawn
    from blender_core.report.exposures import Exposure
    from blender_core.report.model import Fact, Facts

_ASSETS: Final = files("blender_core.report") / "assets"
_SCRIPTS: Final = (
    "elements.js",
    "data.js",
    "axes.js",
    "picture.js",
    "details.js",
    "timeline.js",
    "table.js",
    "order.js",
)


def page(facts: Facts) -> str:
    """Return the page."""
    style, script = _asset("report.css"), _script()
    drawn = draw(facts)
    exposures = read_exposures(facts, drawn.rows)
    notes = [*([drawn.note] if drawn.note else []), *facts.notes]
    rows = [_row(number, fact) for number, fact in enumerate(facts.attributes)]
    return _template().render(
        policy=_policy(style, script),
        style=style,
        script=script,
        product=shown(facts.product),
        model_type=shown(facts.model_type),
        n_inputs=facts.n_inputs,
        said=describe_inputs(facts),
        span=span_text(exposures),
        exposures=exposures,
        n_listed=len(exposures),
        groups=[(name, [*group]) for name, group in groupby(rows, lambda row: row["group"])],
        rules=sorted({row["rule"] for row in rows} - {""}),
        providers=sorted({row["provider"] for row in rows} - {""}),
        counts={
            "all": sum(not row["empty"] for row in rows),
            "varied": sum(fact.varies for fact in facts.attributes),
            "warnings": sum(bool(fact.warning) for fact in facts.attributes),
            "later": sum(fact.is_later for fact in facts.attributes),
            "empty": sum(row["empty"] for row in rows),
        },
        skipped=[*map(shown, facts.skipped)],
        notes=[*map(shown, notes)],
        data=_data(facts, exposures, drawn),
        values=[
            None if fact.inputs is None else drawn.encoded(number, fact.inputs)
            for number, fact in enumerate(facts.attributes)
        ],
        version=engine_version(),
    )


@functools.cache
@unforked()
def _template() -> Template:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_asset),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "allow_nan": False}
    return environment.get_template("page.html")


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text("utf-8")


@functools.cache
def _script() -> str:
    parts = "\n".join(map(_asset, _SCRIPTS))
    return f'(() => {{\n"use strict";\n{parts}}})();'


def _policy(style: str, script: str) -> str:
    """Return a content security policy: nothing is fetched, and no other script runs."""
    sources = [
        f"{kind}-src 'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for kind, text in (("style", style), ("script", script))
    ]
    return "; ".join(
        [
            "default-src 'none'",
            *sources,
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
    )


def _row(number: int, fact: Fact) -> dict[str, Any]:
    outcome = fact.outcome
    group, _, name = outcome.attribute.rpartition(".")
    return {
        "number": number,
        "group": shown(group),
        "name": shown(name),
        "keyword": shown(outcome.keyword or ""),
        "title": shown(_title(fact)),
        "value": _text(fact.value),
        "blended": _text(outcome.blended),
        "unit": shown(fact.unit or ""),
        "status": outcome.status.value,
        "rule": shown(outcome.rule or ""),
        "of_its_rule": fact.is_of_its_rule,
        "provider": shown(outcome.provided_by),
        "inputs": outcome.n_inputs,
        "distinct": outcome.n_distinct,
        "warning": fact.warning,
        "varied": outcome.varied,
        "empty": fact.is_empty,
    }


def _text(value: Any) -> str | None:
    return None if value is None else to_text(value)


def _title(fact: Fact) -> str:
    """Return the title without the unit that it begins with, which stands beside the value."""
    return re.sub(r"^\[[^\]]*\]\s*", "", fact.title) if fact.unit else fact.title


def _data(facts: Facts, exposures: Sequence[Exposure], drawn: Drawn) -> dict[str, Any]:
    """Return what the scripts read."""
    outcomes = [fact.outcome for fact in facts.attributes]
    texts = {
        "path": [outcome.attribute for outcome in outcomes],
        "keyword": [outcome.keyword or "" for outcome in outcomes],
        "title": [_title(fact) for fact in facts.attributes],
        "unit": [fact.unit or "" for fact in facts.attributes],
        "rule": [outcome.rule or "" for outcome in outcomes],
        "settings": [outcome.settings for outcome in outcomes],
        "summary": [fact.summary for fact in facts.attributes],
        "plugin": [str(outcome.provider or "") for outcome in outcomes],
        "provider": [outcome.provided_by for outcome in outcomes],
        "tier": ["" if outcome.tier is None else outcome.tier.label for outcome in outcomes],
        "asked": [outcome.asked_by for outcome in outcomes],
        "reason": [outcome.reason for outcome in outcomes],
        "remark": [outcome.remark for outcome in outcomes],
        "status": [outcome.status.value for outcome in outcomes],
        "warning": [fact.warning for fact in facts.attributes],
    }
    return {
        "n": facts.n_inputs,
        "drawn": None if drawn.is_all else {"rows": drawn.rows, "even": drawn.even},
        "rows": len(outcomes),
        "texts": {name: encode_texts([*map(shown, column)]) for name, column in texts.items()},
        "value": encode_texts([_text(fact.value) for fact in facts.attributes]),
        "blended": encode_texts([_text(outcome.blended) for outcome in outcomes]),
        "replaced": encode_texts([_text(outcome.replaced) for outcome in outcomes]),
        "inputs": [outcome.n_inputs for outcome in outcomes],
        "distinct": [outcome.n_distinct for outcome in outcomes],
        "seen": [outcome.n_seen for outcome in outcomes],
        "taken": [outcome.from_input for outcome in outcomes],
        "empty": [fact.is_empty for fact in facts.attributes],
        "names": encode_texts([exposure.name for exposure in exposures]),
        "detector": encode_texts([exposure.detector for exposure in exposures]),
        "optics": encode_texts([exposure.optics for exposure in exposures]),
        "start": [_milliseconds(exposure.start) for exposure in exposures],
        "end": [_milliseconds(exposure.end) for exposure in exposures],
    }


def _milliseconds(time: datetime.datetime | None) -> int | None:
    return None if time is None else round(time.timestamp() * 1000)
