"""Try overrides, of a plugin or of rules files, with all classes and all instruments of JWST."""

from __future__ import annotations

import dataclasses
import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.wording import pluralize
from blender_core.errors import BlenderError, PlanError, UnknownAttributeError
from blender_core.plan.assignment import SourcedOverride, Tier
from blender_core.plan.claims import Claims
from blender_core.plan.conditions import unknown_conditions
from blender_core.plugins.context import Context, context_paths
from blender_core.plugins.registry import Registry
from blender_core.plugins.rule import ENGINE_RULES
from blender_core.plugins.when import When
from blender_core.schema.attribute_index import AttributeIndex
from blender_core.schema.attributes import read_attributes
from blender_core.schema.model_class import described, model_classes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from blender_core.common.provider import Provider
    from blender_core.plugins.manager import Plugins
    from blender_core.plugins.override import Override
    from blender_core.schema.attributes import Attribute

_TELESCOPE: Final = "JWST"
"""That of all classes that are tried."""


@dataclass(frozen=True, slots=True)
class OverrideFinding:
    """What is wrong with an override of a plugin, or, without one, with its hook."""

    kind: str  # attribute, rule, condition, never, plan or hook
    override: Override | None
    problem: str
    classes: tuple[str, ...] = ()


@dataclass(slots=True)
class OverridesTrial:
    """With what the overrides of a plugin, or of rules files, were tried, and what is wrong.

    Remarks are of what need not be wrong: overrides that were not tried, or that some classes
    refuse.
    """

    source: str
    n_overrides: int = 0
    n_classes: int = 0
    n_instruments: int = 0
    findings: list[OverrideFinding] = field(default_factory=list)
    remarks: list[OverrideFinding] = field(default_factory=list)

    def tells(self, fault: BlenderError, name: str) -> bool:
        """Tell whether a class's plan fails because it lacks an attribute, which is told here."""
        return isinstance(fault, UnknownAttributeError) and any(
            each.override is not None
            and each.override.attribute == fault.attribute
            and name in each.classes
            for each in (*self.findings, *self.remarks)
        )


@dataclass(slots=True)
class _Trial:
    """How an override fared: where it was offered, where it held, and what was wrong there."""

    sourced: SourcedOverride
    offered: dict[str, list[str | None]] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)
    unknown: dict[str, list[str]] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=dict)

    @property
    def override(self) -> Override:
        return self.sourced.override


def overrides_of_plugin(
    provider: Provider, plugins: Plugins, progress: Callable[[int, int], None] | None = None
) -> OverridesTrial:
    """Try each override that a plugin offers."""
    alone = plugins.alone(provider)
    if not alone.have_overrides:
        return OverridesTrial(str(provider))

    def offered(model_type: str, instrument: str | None) -> Iterator[SourcedOverride]:
        for override, _ in alone.overrides(model_type, instrument):
            yield SourcedOverride(override, Tier.PLUGIN, str(provider), provider)

    return try_overrides(str(provider), offered, plugins, progress)


def instruments_of_schema() -> tuple[str | None, ...]:
    """Return the instruments that the schema knows, and None for an input of none."""
    core = read_attributes(described(model_classes()["JwstDataModel"]).schema)
    return (*(core["meta.instrument.name"].enum or ()), None)


def try_overrides(
    source: str,
    offered: Callable[[str, str | None], Iterable[SourcedOverride]],
    plugins: Plugins,
    progress: Callable[[int, int], None] | None = None,
) -> OverridesTrial:
    """Try each override of a source with all classes of datamodels and all instruments."""
    classes = model_classes()
    instruments = instruments_of_schema()
    trials: dict[Override, _Trial] = {}
    failures: dict[str, list[str]] = {}
    by_class = []
    largest: Collection[Attribute] = ()
    for done, (name, model_class) in enumerate(classes.items(), start=1):
        attributes = read_attributes(described(model_class).schema)
        largest = max(largest, attributes.values(), key=len)
        for instrument in instruments:
            try:
                overrides = list(offered(name, instrument))
            except BlenderError as fault:
                failures.setdefault(str(fault), []).append(f"{name} of {instrument or 'any'}")
                continue
            for sourced in overrides:
                override = sourced.override
                if override not in trials:
                    trials[override] = _Trial(sourced)
                trials[override].offered.setdefault(name, []).append(instrument)
        offered_here = [trial for trial in trials.values() if name in trial.offered]
        context = Context(model_type=name, telescope=_TELESCOPE)
        by_class.append((context, attributes, [trial.sourced for trial in offered_here]))
        _try(offered_here, name, attributes)
        if progress:
            progress(done, len(classes))
    check = OverridesTrial(source, len(trials), len(classes), len(instruments) - 1)
    check.findings += [
        OverrideFinding("hook", None, problem, tuple(names)) for problem, names in failures.items()
    ]
    conditions: dict[Override, list[str]] = {}
    for unknown in unknown_conditions(by_class):
        hint = f": did you mean {unknown.close}?" if unknown.close else ""
        problem = f"there is no {unknown.condition} {unknown.value!r}{hint}"
        conditions.setdefault(unknown.sourced.override, []).append(problem)
    registry, index = Registry(plugins.rules()), AttributeIndex(largest)
    for override, trial in trials.items():
        if problem := _unknown_rule(override, registry):
            check.findings.append(OverrideFinding("rule", override, problem))
        for problem in conditions.get(override, ()):
            check.findings.append(OverrideFinding("condition", override, problem))
        if not trial.held:
            reason, is_remark = _why_never(trial, bool(plugins.readers), len(classes))
            if is_remark:
                check.remarks.append(OverrideFinding("untried", override, reason))
            elif override not in conditions:
                check.findings.append(OverrideFinding("never", override, reason))
            continue
        for finding, is_remark in _faults(trial, index):
            (check.remarks if is_remark else check.findings).append(finding)
    return check


def _try(trials: Sequence[_Trial], name: str, attributes: Mapping[str, Attribute]) -> None:
    """Try overrides with a class of datamodels."""
    paths = context_paths(attributes)
    known = {condition: attributes[path].enum for condition, path in paths.items()}
    claims = Claims(attributes.values(), ())
    for trial in trials:
        if not _can_hold(trial.override.when, name, trial.offered[name], known):
            continue
        trial.held.append(name)
        # Also of an optional one it is to be known where its attribute is not there.
        override = dataclasses.replace(trial.override, optional=False)
        try:
            claims.add(dataclasses.replace(trial.sourced, override=override))
        except UnknownAttributeError as fault:
            trial.unknown.setdefault(fault.attribute, []).append(name)
        except PlanError as fault:
            trial.faults.setdefault(str(fault), []).append(name)


def _can_hold(
    when: When,
    name: str,
    instruments: Sequence[str | None],
    known: Mapping[str, Sequence[Any] | None],
) -> bool:
    """Tell whether some input of a class, and of one of the instruments, meets conditions."""
    possible = {"model_type": [name], "telescope": [_TELESCOPE], "instrument": instruments}
    for condition in ("detector", "exp_type"):
        # What the schema has no list of may be anything, and so what is asked for.
        listed = known.get(condition, ()) or getattr(when, condition)
        possible[condition] = listed if condition in known else ()
    return all(
        any(_meets(when, condition, value) for value in possible[condition] or ())
        for condition in when.conditions
    )


def _meets(when: When, condition: str, value: str | None) -> bool:
    """Tell whether inputs of which one thing is known meet the condition that is about it."""
    context = Context(model_type="").updated({condition: value})
    return When(**{condition: getattr(when, condition)}).holds(context)


def _why_never(trial: _Trial, have_readers: bool, n_classes: int) -> tuple[str, bool]:
    """Say why an override held for nothing, and whether that need not be wrong."""
    when = trial.override.when
    if when.telescope and not _meets(when, "telescope", _TELESCOPE):
        other = " or ".join(when.telescope)
        close = difflib.get_close_matches(_TELESCOPE, map(str.upper, when.telescope), n=1)
        if close:
            return f"no input is of the telescope {other}: did you mean {_TELESCOPE}?", False
        return f"it is for inputs of {other}", True
    if when.model_type and have_readers:
        return f"it may be for inputs of plugins' readers: {when}", True
    offered = ""
    if len(trial.offered) < n_classes:
        offered = f", and it is offered for {_classes(len(trial.offered))} only"
    return f"no class and instrument of JWST meets {when}{offered}", False


def _unknown_rule(override: Override, registry: Registry) -> str:
    rule = override.rule
    if rule is None or rule in ENGINE_RULES or rule in registry:
        return ""
    close = difflib.get_close_matches(rule, [*registry, *ENGINE_RULES], n=1)
    hint = f": did you mean {close[0]!r}?" if close else ""
    return f"no installed plugin offers the rule {rule!r}{hint}"


def _classes(number: int) -> str:
    return pluralize(number, "class") if number == 1 else f"{number} classes"


def _faults(trial: _Trial, index: AttributeIndex) -> Iterator[tuple[OverrideFinding, bool]]:
    """Give what was wrong where an override held, and whether that need not be wrong."""
    override = trial.override
    own = override.attribute
    without_own = trial.unknown.get(own, [])
    for path, classes in trial.unknown.items():
        # Whether a class has what else an override names is found out where it has its attribute.
        everywhere = len({*without_own, *classes}) == len(trial.held)
        is_remark = False
        if everywhere and (path == own or len(without_own) < len(trial.held)):
            close = index.close(path)
            hint = f": did you mean {' or '.join(close)}?" if close else ""
            where = f"any of the {_classes(len(trial.held))}"
            problem = f"{path!r} is not in {where} for which it holds{hint}"
        elif path != own:
            problem = f"{path!r} is not in all classes that have {own!r}"
        elif not override.optional:
            problem = f"{path!r} is not there, an error without optional=True"
            is_remark = True
        else:
            continue
        yield OverrideFinding("attribute", override, problem, tuple(classes)), is_remark
    for problem, classes in trial.faults.items():
        yield OverrideFinding("plan", override, problem, tuple(classes)), False
