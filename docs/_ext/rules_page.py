"""Write the reference of the installed rules, so that it cannot be out of date.

What a rule makes of the sample values is computed when the page is built.
"""

from pathlib import Path

from blender_core import DROP, Missing, Plugins, Registry, RuleError
from blender_core.evaluation.selected_values import select
from blender_core.plugins.parameters import parameters_of

NUMBERS = [[10.5, None, 30.0, 10.5]]
INTEGERS = [[3, 1, 2], [3, None, 2.5]]
FLAGS = [[True, False, None], [True, True]]
DATES = [["2026-03-02", "2026-03-01", None]]
TIMES = [["10:00:00.5", "9:50:00", None]]
INSTANTS = [["2026-03-02T10:00:00", "2026-03-02T09:50:00.250", None]]
TEXTS = [["F200W", "F115W", None, "F200W"], ["F200W", None, "F200W"]]
BITS = [[1, 3, 5], [4, None]]
LISTS = [[["a", "b"], None, ["b"]]]

SAMPLES = {
    "first": [["a", "b"], [None, "b"]],
    "last": [["a", "b"], ["a", None]],
    "min": NUMBERS,
    "max": NUMBERS,
    "mindate": DATES,
    "maxdate": DATES,
    "mintime": TIMES,
    "maxtime": TIMES,
    "mindatetime": INSTANTS,
    "maxdatetime": INSTANTS,
    "mean_datetime": [*INSTANTS, ["2016-12-31T23:59:59", "2017-01-01T00:00:00"], *DATES],
    "sum": [[10.5, None, 30.0], [1, 2]],
    "mean": NUMBERS,
    "median": NUMBERS,
    "stddev": [[1.0, 3.0]],
    "rms": [[1.0, 7.0]],
    "mean_angle": [[350.0, 20.0]],
    "angle_spread": [[355.0, 5.0]],
    "angle_range": [[350.0, 20.0, 5.0]],
    "range": NUMBERS,
    "zero": INTEGERS[:1],
    "int_one": INTEGERS[:1],
    "float_one": INTEGERS[:1],
    "multi": TEXTS,
    "multi?": TEXTS,
    "common": TEXTS,
    "same": TEXTS,
    "join": TEXTS[:1],
    "mode": TEXTS[:1],
    "count": TEXTS[:1],
    "count_distinct": TEXTS[:1],
    "any": FLAGS,
    "all": FLAGS,
    "bit_or": BITS,
    "bit_and": BITS,
    "concatenate": LISTS,
    "union": LISTS,
    "wheeltol": [["within commanded tolerance", "outside calibration tolerance"]],
}
# What takes arguments: weights, and the parameters that an override may give.
WITH_ARGUMENTS = {
    "weighted_mean": [([10.0, 20.0], {"weights": [3.0, 1.0]})],
    "join": [(TEXTS[0], {"sort": True})],
    "common": [(TEXTS[0], {"otherwise": "MIXED"}), ([6.5, 6.75], {"tolerance": 0.5})],
    "same": [([6.5, 6.75], {"tolerance": 0.5})],
    "mean_datetime": [(["2016-12-31T23:59:59", "2017-01-01T00:00:00"], {"scale": "tai"})],
    "constant": [(TEXTS[0], {"value": "MIXED"})],
}


def examples(rule):
    """Return lines that tell what a rule makes of its samples."""
    alone = ((values, {}) for values in SAMPLES.get(rule.name, ()))
    for values, arguments in (*alone, *WITH_ARGUMENTS.get(rule.name, ())):
        try:
            result = rule.blend(select(values, rule.missing), **arguments)
        except RuleError as error:
            outcome = f"an error: {error}"
        else:
            outcome = "no value in the product" if result is DROP else f"``{result!r}``"
        given = "".join(f", ``{name}={value!r}``" for name, value in arguments.items())
        yield f"``{values!r}``{given} → {outcome}"


def section(name, rule, provider):
    """Return the lines of the page on one rule."""
    yield from (name, "-" * len(name), "", rule.summary, "")
    gives = rule.gives.value
    if rule.constants:
        gives += ", or a constant: " if "constant" not in gives else ": "
        gives += ", ".join(f"``{one!r}``" for one in rule.constants)
    facts = {"gives": gives, "from": f"{provider.distribution}, plugin ``{provider.plugin}``"}
    if rule.missing is not Missing.SKIP:
        facts["where an input has no value"] = f"``missing={rule.missing.value!r}``"
    if rule.companions:
        facts["companions"] = ", ".join(f"``{one}``" for one in rule.companions)
    if rule.parameters:
        facts["parameters"] = ", ".join(
            f"``{one}``" for one in parameters_of(rule.blend, rule.parameters).values()
        )
    if rule.deprecated:
        facts["deprecated"] = rule.deprecated
    yield from (f":{key}: {value}" for key, value in facts.items())
    yield ""
    yield from (f"- {line}" for line in examples(rule))
    yield ""


def write_rules_page(app):
    """Write what the page of the rules includes."""
    registry = Registry(Plugins.discover().rules())
    lines = [line for name in registry for line in section(name, *registry[name])]
    target = Path(app.srcdir) / "reference" / "rules_table.inc"
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


def setup(app):
    """Connect to Sphinx."""
    app.connect("builder-inited", write_rules_page)
    return {"parallel_read_safe": True}
