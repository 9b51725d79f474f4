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

    import pluggy

    from blender_core.common.provider import Provider
    from blender_core.plugins.override import Override
    from blender_core.plugins.rule import Rule

__all__ = ["called_alike", "claimed_by_several", "guarded", "load", "misuse", "offered_by"]

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


def misuse(manager: pluggy.PluginManager, plugin: Any) -> str | None:
    """Return what a plugin does with the hooks that has no meaning here."""
    callers = manager.get_hookcallers(plugin) or []
    if not callers:
        return "implements no hook: mark its functions with @blender_core.hookimpl"
    for caller in callers:
        first, *others = caller.get_hookimpls()
        if others:
            names = ", ".join(sorted(impl.function.__name__ for impl in (first, *others)))
            return f"has more than one implementation of {caller.name}: {names}"
        if first.tryfirst or first.trylast or first.wrapper or first.hookwrapper:
            return (
                f"asks for a place in the order of calls in {caller.name}: "
                "tryfirst, trylast and wrappers have no meaning here"
            )
    return None


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
            offers.append(_own_copy(offer, kind))
        else:
            return offers
    msg = f"{hook} of plugin {provider} {problem}{where}"
    raise PluginError(msg, provider=provider)


def _own_copy(offer: T, kind: type[T]) -> T:
    """Return what a plugin offers as an object of the engine's, with fields that are checked."""
    return kind(**{field.name: getattr(offer, field.name) for field in dataclasses.fields(kind)})


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
