"""The command ``rules``: what rules there are, and all about one of them."""

# Typer reads the annotations, so their names have to be there when the program runs.
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Final

from blender_core.cli import options
from blender_core.cli.completion import rule_names
from blender_core.cli.errors import refuse
from blender_core.cli.formatting import list_some, print_json
from blender_core.cli.options import argument, flag
from blender_core.common.wording import pluralize, preview

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from blender_core.common.provider import Provider
    from blender_core.plan.assignment import Assignment
    from blender_core.plugins.manager import Plugins
    from blender_core.plugins.registry import ProvidedRule, Registry
    from blender_core.plugins.rule import Rule
    from blender_core.testing.trial import Trial

_MISSING: Final = {
    "skip": "it sees the values that are there",
    "keep": "it sees that an input has none",
    "require": "all inputs have to have a value, or none",
    "propagate": "where an input has none, the product keeps its own",
    "drop": "where an input has none, the product has none",
}
"""What a rule gets for an input without a value."""

_USUAL_CLASS: Final = "ImageModel"
_MOST_ATTRIBUTES: Final = 12


def rules(
    name: Annotated[
        str | None,
        argument(
            "RULE",
            "Explain one rule: its name, or a plugin's, as std:mean.",
            autocompletion=rule_names,
        ),
    ] = None,
    model: options.Model = None,
    schema: Annotated[
        bool,
        flag(
            "Print the JSON Schema of rules files in TOML, for editors to complete them, with the "
            "names of the rules that are installed.",
            "--schema",
        ),
    ] = False,
    as_json: options.AsJson = False,
    block: options.Block = None,
) -> None:
    """Show the rules that are installed, or explain one of them.

    Of one rule, it is shown who offers it, what it makes of some values, what it takes beside them,
    and which attributes of a class of datamodels, --model, have it: by default, of ImageModel.
    """
    from blender_core.cli.captured_warnings import Notes
    from blender_core.plugins.manager import Plugins
    from blender_core.plugins.registry import Registry

    if model is not None and name is None:
        refuse("--model is for one rule: name it, to see which attributes of the class have it")
    notes = Notes()
    with notes.about(""):
        plugins = Plugins.discover(block or [])
        offered = sorted(plugins.rules(), key=lambda each: (each[1], each[0].name))
    registry = Registry(offered)
    notes.print()
    if schema:
        from blender_core.plan.rules_file_schema import rules_file_schema

        print_json(rules_file_schema(sorted(registry)))
    elif name is None and as_json:
        print_json([_rule_object(rule, provider, registry) for rule, provider in offered])
    elif name is None:
        _print_rules(offered, registry)
    else:
        _explain(name, model or _USUAL_CLASS, registry, plugins, as_json=as_json)


def _explain(
    name: str, model: str, registry: "Registry", plugins: "Plugins", *, as_json: bool
) -> None:
    offered = _rule_named(name, registry)
    content = _rule_object(*offered, registry)
    example = _example(offered.rule)
    having = _attributes_with(offered, model, plugins)
    use = _use(name, offered.rule.companions)
    if as_json:
        attributes = [
            {
                "attribute": each.attribute.path,
                "keyword": each.attribute.keyword,
                "asked_by": each.source,
            }
            for each in having or ()
        ]
        content |= {
            "example": example
            and {
                "values": list(example.sample.values),
                **example.sample.arguments,
                "gives": example.value,
            },
            "use": use,
            "asked_for": {"class": model, "attributes": None if having is None else attributes},
        }
        print_json([content])
        return
    facts = {"use": use}
    if having is not None:
        names = [each.attribute.keyword or each.attribute.path for each in having]
        facts[model] = "no attribute has it"
        if names:
            number = pluralize(len(names), "attribute")
            facts[model] = f"{number}: {list_some(names, _MOST_ATTRIBUTES)}"
    _print_rule(offered, example, registry, facts)


def _attributes_with(
    offered: "ProvidedRule", model: str, plugins: "Plugins"
) -> "list[Assignment] | None":
    """Return which attributes of a class have a rule; None if there is no plan to tell."""
    from blender_core.cli.model_classes import model_class
    from blender_core.errors import BlenderError
    from blender_core.plan.plan import BlendPlan

    subject = model_class(model)
    try:
        # All classes of datamodels that can be named here are of this telescope.
        plan = BlendPlan.for_model(subject, telescope="JWST", plugins=plugins)
    except BlenderError:  # that is for the command plan to tell
        return None
    rule, provider = offered
    return [
        each
        for each in plan.values()
        if each.rule is not None and (each.rule.name, each.provider) == (rule.name, provider)
    ]


def _rule_named(name: str, registry: "Registry") -> "ProvidedRule":
    from blender_core.plugins.rule import ENGINE_RULES

    if name in ENGINE_RULES:
        refuse(f"{name} is no plugin's rule, but the engine's own: {ENGINE_RULES[name]}")
    if name not in registry:
        close = registry.close(name)
        hint = f"did you mean {' or '.join(close)}?" if close else "see model-blender rules"
        refuse(f"no installed plugin offers a rule {name!r}: {hint}")
    return registry[name]


def _example(rule: "Rule") -> "Trial | None":
    """Return what the rule makes of some different values."""
    from blender_core.plugins.rule import Gives
    from blender_core.testing.trial import Sample, samples_for, try_rule

    samples = [*samples_for(rule)]
    if rule.gives is Gives.CONSTANT:
        samples.insert(0, Sample(rule.constants))
    for sample in samples:
        if len(set(map(repr, sample.values))) > 1:
            trial = try_rule(rule, sample)
            if trial.error is None and type(trial.value) in (bool, int, float, str, list):
                return trial
    return None


def _print_rule(
    offered: "ProvidedRule",
    example: "Trial | None",
    registry: "Registry",
    others: "Mapping[str, str]",
) -> None:
    from blender_core.cli.console import Output
    from blender_core.plugins.parameters import parameters_of

    rule, provider = offered
    facts = {
        "example": f"{example.sample} → {preview(example.value)}" if example else "",
        "gives": rule.gives.value,
        "constants": ", ".join(map(repr, rule.constants)),
        "companions": ", ".join(rule.companions),
        "parameters": ", ".join(map(str, parameters_of(rule.blend, rule.parameters).values())),
        "missing": f"{rule.missing.value}: {_MISSING[rule.missing.value]}",
        "deprecated": rule.deprecated,
        "provider": str(provider),
        "superseded": "" if registry[rule.name].provider == provider else "by another's rule",
        **others,
    }
    output = Output()
    output.text(rule.name, "bold cyan")
    output.text(rule.summary, indent=2)
    output.facts({name: fact for name, fact in facts.items() if fact})


def _use(name: str, companions: "Iterable[str]") -> str:
    """Return how an override asks for a rule."""
    pairs = ", ".join(f'{each} = "EFFEXPTM"' for each in companions)
    if pairs:
        return f'in a rules file: rule = "{name}", companions = {{ {pairs} }}'
    return f"--override ATTR={name}"


def _print_rules(offered: "Iterable[tuple[Rule, Provider]]", registry: "Registry") -> None:
    from blender_core.cli.console import Output
    from blender_core.common.provider import engine
    from blender_core.plugins.rule import ENGINE_RULES

    rows = []
    for rule, provider in offered:
        if registry[rule.name].provider == provider:
            rows.append((rule.name, rule.summary, str(provider)))
        else:
            name = f"{provider.plugin}:{rule.name}"
            rows.append((name, f"{rule.summary} (Superseded.)", str(provider)))
    rows += ((name, summary, str(engine())) for name, summary in ENGINE_RULES.items())
    head = ("rule", "what it does", "provider")
    Output().table(head, rows, folded=(1,), grouped_by=2)


def _rule_object(rule: "Rule", provider: "Provider", registry: "Registry") -> dict[str, Any]:
    from blender_core.plugins.parameters import parameters_of

    return {
        "name": rule.name,
        "summary": rule.summary,
        "gives": rule.gives.name.lower(),
        "constants": rule.constants,
        "companions": rule.companions,
        "parameters": [
            {"name": each.name, "types": each.type_label or None, "signature": str(each)}
            for each in parameters_of(rule.blend, rule.parameters).values()
        ],
        "missing": rule.missing.value,
        "provider": asdict(provider),
        "superseded": registry[rule.name].provider != provider,
    }
