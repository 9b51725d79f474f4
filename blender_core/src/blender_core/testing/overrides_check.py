"""Try the overrides of a plugin, and report all at once what is wrong with them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.caught_warnings import recorded
from blender_core.common.wording import full_repr, preview
from blender_core.errors import BlenderError, PlanError, UnknownAttributeError
from blender_core.plan.plan import BlendPlan
from blender_core.plugins.context import Context
from blender_core.plugins.manager import Plugins
from blender_core.schema.model_class import model_classes
from blender_core.testing.override_trials import overrides_of_plugin
from blender_core.testing.plugin_at_hand import plugin_at_hand
from blender_core.testing.problems import raise_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blender_core.common.provider import Provider
    from blender_core.plugins.override import Override

_BEGINNINGS: Final = {
    "NIRCAM": ("NRC",),
    "MIRI": ("MIR",),
    "NIRSPEC": ("NRS",),
    "NIRISS": ("NIS",),
    "FGS": ("GUIDER", "FGS"),
}
"""How the names of an instrument's detectors and types of exposures begin."""
_MOST_PLANS: Final = 100
"""How many combinations of overrides are tried."""


def check_overrides(plugin: Any) -> None:
    """Try each override of a plugin with all classes of datamodels and all instruments of JWST.

    Of each override

    - the attribute, and those that it names besides, are in a class for which it holds;
    - some installed plugin offers the rule;
    - the values in ``when`` exist, and some inputs meet all of them.

    The hook must offer the same whenever it is asked, in whatever order. Where several overrides
    hold together, plans can be made with all plugins that are installed, and do not depend on which
    of these was loaded first.

    What can be right is not reported: an override for another telescope, or for inputs that a
    plugin's reader reads. ``model-blender check --plugin NAME`` says the same of an installed
    plugin, with the classes, and mentions these as well.

    Parameters
    ----------
    plugin : module, object or str
        The plugin: a module or an object whose hooks are marked with ``hookimpl``, or the name of
        an installed one.

    Raises
    ------
    PluginCheckError
        If something is wrong: all that is, together.
    PluginError
        If it is no plugin.
    ValueError
        If no plugin of that name is installed.

    Examples
    --------
    >>> from blender_core import Override, PluginCheckError, hookimpl
    >>> from blender_core.testing import check_overrides
    >>> class Team:
    ...     @hookimpl
    ...     def blender_overrides(self):
    ...         return [Override(attribute="EXPSTRT", rule="min")]
    >>> try:
    ...     check_overrides(Team())
    ... except PluginCheckError as error:
    ...     print(error.problems[0].partition(": did you mean")[0])
    EXPSTRT: 'EXPSTRT' is not in any of the 143 classes for which it holds
    """
    # What other packages warn of is none of the plugin's: some classes are deprecated.
    with recorded():
        provider, problems = _problems(plugin)
    raise_problems("the overrides", provider, problems)


def _problems(plugin: Any) -> tuple[Provider, list[list[str]]]:
    plugins, provider = plugin_at_hand(plugin)
    alone = plugins.alone(provider)
    trial = overrides_of_plugin(provider, plugins)
    findings = [
        f"{each.override.attribute}: {each.problem}" if each.override else each.problem
        for each in trial.findings
    ]
    if not trial.n_overrides and not findings:
        findings.append("there are none, whatever the class of datamodel and the instrument")
    unsteady = list(_problems_when_asked_again(alone))
    in_plans: list[str] = []
    if not (findings or unsteady):
        backwards, _ = plugin_at_hand(plugin, _Backwards)
        in_plans += _problems_in_plans(alone, plugins, backwards)
    # Each finding is shown: an author has few overrides.
    return provider, [*([each] for each in findings), unsteady, in_plans]


def _instruments() -> tuple[str | None, ...]:
    return (*_BEGINNINGS, None)


def _offers(alone: Plugins, model_type: str, instrument: str | None) -> list[Override]:
    return [override for override, _ in alone.overrides(model_type, instrument)]


def _problems_when_asked_again(alone: Plugins) -> Iterator[str]:
    """Ask in one order, and in the other: what is kept from one call for the next shows."""
    asked = list(itertools.product(model_classes(), _instruments()))
    answers: list[list[list[str]]] = []
    for order in (asked, asked[::-1]):
        try:
            answers.append([sorted(map(full_repr, _offers(alone, *each))) for each in order])
        except BlenderError:  # a finding of the trial
            return
    for each, first, again in zip(asked, answers[0], reversed(answers[1]), strict=True):
        if first != again:
            model_type, instrument = each
            difference = sorted({*first} ^ {*again}) or first
            yield (
                f"for {model_type} of {instrument or 'any instrument'}, blender_overrides gives "
                f"others when it is asked again: {preview(difference[0])}"
            )


def _problems_in_plans(alone: Plugins, plugins: Plugins, backwards: Plugins) -> Iterator[str]:
    """Make plans for each combination of overrides that can hold together."""
    by_combination: dict[frozenset[str], Context] = {}
    for context, held in _combinations(alone):
        by_combination.setdefault(held, context)
    classes = model_classes()
    for context in itertools.islice(by_combination.values(), _MOST_PLANS):
        known = {name: getattr(context, name) for name in ("telescope", "instrument", "exp_type")}
        made = []
        try:
            for each in (plugins, backwards):
                plan = BlendPlan.for_model(
                    classes[context.model_type], detector=context.detector, **known, plugins=each
                )
                made.append({path: (one.name, str(one.selection)) for path, one in plan.items()})
        except UnknownAttributeError:
            continue  # not in this class, which need not be wrong
        except PlanError as fault:
            yield f"for {_words(context)}: {fault}"
            continue
        first, last = made
        for path in sorted(path for path in first if first[path] != last[path]):
            yield (
                f"for {_words(context)}, {path} has the rule {first[path][0]!r} or "
                f"{last[path][0]!r}, depending on which plugin was loaded first"
            )


def _combinations(alone: Plugins) -> Iterator[tuple[Context, frozenset[str]]]:
    """Give what inputs can be, and which overrides then hold: at least one."""
    for model_type in model_classes():
        for instrument in _instruments():
            overrides = _offers(alone, model_type, instrument)
            if not overrides:
                continue
            conditions = {
                name: {
                    value
                    for override in overrides
                    for value in getattr(override.when, name) or ()
                    if _is_of(value, instrument)
                }
                for name in ("detector", "exp_type")
            }
            for detector, exp_type in itertools.product(
                *([None, *sorted(values)] for values in conditions.values())
            ):
                context = Context(
                    model_type=model_type,
                    telescope="JWST",
                    instrument=instrument,
                    detector=detector,
                    exp_type=exp_type,
                )
                held = frozenset(
                    full_repr(override) for override in overrides if override.when.holds(context)
                )
                if held:
                    yield context, held


def _is_of(value: str, instrument: str | None) -> bool:
    """Tell whether a condition's detector or type of exposures is an instrument's."""
    return value.upper().startswith(_BEGINNINGS.get(instrument or "", ("-",)))


def _words(context: Context) -> str:
    what = (context.model_type, context.instrument, context.detector, context.exp_type)
    return " of ".join(filter(None, what[:2])) + "".join(f", {each}" for each in what[2:] if each)


class _Backwards(Plugins):
    """Plugins that are asked in the other order."""

    def __iter__(self) -> Iterator[Provider]:
        return reversed(list(super().__iter__()))
