"""Hold plugins to the contract of the hooks, and name those who break it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final, TypeVar

from blender_core.common.advice import Advice, leave_out, leave_out_all_but_one
from blender_core.common.foreign import Guard
from blender_core.common.forks import unforked
from blender_core.common.provider import normalized
from blender_core.common.wording import describe_error, preview
from blender_core.errors import PluginError, ReaderConflictError

if TYPE_CHECKING:
    import importlib.metadata
    from collections.abc import Callable, Sequence

    from blender_core.common.provider import Provider
    from blender_core.plugins.override import Override
    from blender_core.plugins.rule import Rule

T = TypeVar("T", bound="Rule | Override")

_MOST: Final = 10_000
"""How many rules or overrides a plugin may offer: more are without an end."""


def guarded(
    problem: str,
    provider: Provider,
    passes: type[BaseException] | tuple[type[BaseException], ...] = (),
) -> Guard:
    """Make a plugin's error of whatever its code raises within, but for what it may raise."""

    def fault(error: BaseException) -> PluginError:
        return PluginError(f"{problem}: {describe_error(error)}", provider=provider)

    return Guard(fault, passes)


def load(entry: importlib.metadata.EntryPoint, provider: Provider) -> Any:
    """Import a plugin."""
    with guarded(f"plugin {provider} cannot be loaded from {entry.value}", provider), unforked():
        return entry.load()


def offered_by(
    ask: Callable[[], Any],
    hook: str,
    kind: type[T],
    provider: Provider,
    passes: type[BaseException] | tuple[type[BaseException], ...] = (),
    about: str | None = None,
) -> list[T] | None:
    """Return what a plugin's hook offers, as it comes: it may come without an end.

    A hook that is asked about something may return None for what is none of its plugin's.
    """
    offers: list[T] = []
    where = "" if about is None else f" for {about}"
    with guarded(f"{hook} of plugin {provider} failed{where}", provider, passes):
        answer = ask()
        if answer is None and about is not None:
            return None
        for offer in [answer] if isinstance(answer, kind) else answer:
            if not issubclass(type(offer), kind):
                wrong = f"the class {kind.__name__}" if offer is kind else preview(offer)
                problem = f"gives {wrong} where a blender_core.{kind.__name__} is asked for"
                break
            if len(offers) == _MOST:
                problem = f"gives more than {_MOST:,} of them: they seem to have no end"
                break
            # An object of the engine's own, with fields that are checked.
            names = (field.name for field in dataclasses.fields(kind))
            offers.append(kind(**{name: getattr(offer, name) for name in names}))
        else:
            return offers
    msg = f"{hook} of plugin {provider} {problem}{where}"
    raise PluginError(msg, provider=provider)


def of_one_module(providers: Sequence[Provider], value: str) -> PluginError:
    """Return the error that says that several entry points are of one module, or one object."""
    names = sorted(providers)
    number = "two" if len(names) == 2 else str(len(names))
    msg = f"{number} entry points are of one plugin, {value}: {' and '.join(map(str, names))}"
    if len({normalized(name.distribution) for name in names}) == 1:
        advice = "Remove all but one of them from its pyproject.toml and install it anew, or "
    else:
        advice = "Give each distribution a module of its own name, uninstall all but one, or "
    remedy = Advice(advice, leave_out_all_but_one(names), ".")
    return PluginError(msg, provider=names[-1], remedy=remedy)


def called_alike(providers: Sequence[Provider]) -> PluginError:
    """Return the error that says that plugins have the same name."""
    names = sorted(providers)
    number = "two" if len(names) == 2 else str(len(names))
    listing = " and ".join(map(str, names))
    msg = f"{number} plugins have the name {names[-1].plugin!r}: {listing}"
    distributions = {normalized(name.distribution) for name in names}
    remedy = Advice("Uninstall one of them, or ", leave_out_all_but_one(names), ".")
    if len(distributions) == 1:
        remedy = Advice("Repair that distribution, or ", leave_out(names[0].distribution), ".")
    return PluginError(msg, provider=names[-1], remedy=remedy)


def claimed_by_several(label: str, providers: Sequence[Provider]) -> ReaderConflictError:
    """Return the error that says that several plugins take one input."""
    lines = "".join(f"\n  - {provider}" for provider in providers)
    msg = Advice(
        f"{label} is taken by more than one plugin:{lines}\nUninstall one of them, or ",
        leave_out_all_but_one(providers),
        ".",
    )
    return ReaderConflictError(msg, what=label, providers=providers)
