"""Facts → the text of the page. Everything that comes from elsewhere is escaped here."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from importlib.metadata import version
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from blender_core.report.encoding import coded, series
from blender_core.report.escaping import text_of, visible
from blender_core.report.exposures import exposures_of
from blender_core.report.summary import said_by_inputs, time_span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.report.exposures import Exposure
    from blender_core.report.model import Fact, Facts

__all__ = ["page"]

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
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_asset),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "allow_nan": False}
    style, script = _asset("report.css"), _script()
    exposures = exposures_of(facts)
    rows = [_row(number, fact) for number, fact in enumerate(facts.attributes)]
    return environment.get_template("page.html").render(
        policy=_policy(style, script),
        style=style,
        script=script,
        product=visible(facts.product),
        model_type=visible(facts.model_type),
        n_inputs=facts.n_inputs,
        said=said_by_inputs(facts),
        span=time_span(exposures),
        exposures=exposures,
        groups=[(name, list(some)) for name, some in groupby(rows, lambda row: row["group"])],
        rules=sorted({row["rule"] for row in rows} - {""}),
        providers=sorted({row["provider"] for row in rows} - {""}),
        counts={
            "all": sum(not row["empty"] for row in rows),
            "varied": sum(fact.varies for fact in facts.attributes),
            "warnings": sum(bool(fact.warning) for fact in facts.attributes),
            "later": sum(fact.is_later for fact in facts.attributes),
            "empty": sum(row["empty"] for row in rows),
        },
        skipped=[visible(one) for one in facts.skipped],
        notes=[visible(one) for one in facts.notes],
        data=_data(facts, exposures),
        values=[None if fact.inputs is None else series(fact.inputs) for fact in facts.attributes],
        version=version("blender-core"),
    )


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
        "group": visible(group),
        "name": visible(name),
        "keyword": visible(outcome.keyword or ""),
        "title": visible(_title(fact)),
        "value": _text(fact.value),
        "blended": _text(outcome.blended),
        "unit": visible(fact.unit or ""),
        "status": outcome.status.value,
        "rule": visible(outcome.rule or ""),
        "of_its_rule": fact.is_of_its_rule,
        "provider": visible(outcome.provided_by),
        "inputs": outcome.n_inputs,
        "distinct": outcome.n_distinct,
        "warning": fact.warning,
        "varied": outcome.varied,
        "empty": fact.is_empty,
    }


def _text(value: Any) -> str | None:
    return None if value is None else text_of(value)


def _title(fact: Fact) -> str:
    """Return the title without the unit that it begins with, which stands beside the value."""
    return re.sub(r"^\[[^\]]*\]\s*", "", fact.title) if fact.unit else fact.title


def _data(facts: Facts, exposures: Sequence[Exposure]) -> dict[str, Any]:
    told = [fact.outcome for fact in facts.attributes]
    texts = {
        "path": [one.attribute for one in told],
        "keyword": [one.keyword or "" for one in told],
        "title": [_title(fact) for fact in facts.attributes],
        "unit": [fact.unit or "" for fact in facts.attributes],
        "rule": [one.rule or "" for one in told],
        "settings": [one.settings for one in told],
        "summary": [fact.summary for fact in facts.attributes],
        "plugin": [str(one.provider or "") for one in told],
        "provider": [one.provided_by for one in told],
        "tier": ["" if one.tier is None else one.tier.label for one in told],
        "asked": [one.asked_by for one in told],
        "reason": [one.reason for one in told],
        "status": [one.status.value for one in told],
        "warning": [fact.warning for fact in facts.attributes],
    }
    return {
        "n": facts.n_inputs,
        "rows": len(told),
        "texts": {name: coded([visible(one) for one in some]) for name, some in texts.items()},
        "value": coded([_text(fact.value) for fact in facts.attributes]),
        "blended": coded([_text(one.blended) for one in told]),
        "replaced": coded([_text(one.replaced) for one in told]),
        "inputs": [one.n_inputs for one in told],
        "distinct": [one.n_distinct for one in told],
        "seen": [one.n_seen for one in told],
        "taken": [one.from_input for one in told],
        "empty": [fact.is_empty for fact in facts.attributes],
        "names": coded([one.name for one in exposures]),
        "detector": coded([one.detector for one in exposures]),
        "optics": coded([one.optics for one in exposures]),
        "start": [_milliseconds(one.start) for one in exposures],
        "end": [_milliseconds(one.end) for one in exposures],
    }


def _milliseconds(moment: Any) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)
