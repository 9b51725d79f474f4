"""Hold plugins to the contract of the hooks, and name those who break it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from blender_core.common.advice import Advice, leave_out, leave_out_one_of
from blender_core.common.forks import unforked
from blender_core.common.provider import Provider
from blender_core.common.wording import format_error, preview
from blender_core.errors import PluginError, ReaderConflictError

if TYPE_CHECKING:
    import importlib.metadata
    from collections.abc import Callable, Sequence

    import pluggy

__all__ = ["claimed_by_several", "failed", "load", "misuse", "offered_by", "provider_of"]

T = TypeVar("T")


def provider_of(entry: importlib.metadata.EntryPoint) -> Provider:
    """Return whose plugin an entry point is."""
    # Entry points made by hand have no distribution, and broken metadata no name or version.
    metadata: Any = (entry.dist and entry.dist.metadata) or {}
    return Provider(metadata.get("Name") or "?", metadata.get("Version") or "?", entry.name)


def load(entry: importlib.metadata.EntryPoint, provider: Provider) -> Any:
    """Import a plugin."""
    try:
        with unforked():
            return entry.load()
    except (Exception, SystemExit) as error:
        msg = (
            f"plugin {provider} cannot be loaded from {entry.value}: "
            f"{type(error).__name__}: {format_error(error)}"
        )
        raise PluginError(msg, provider=provider) from error


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


def offered_by(ask: Callable[[], Any], hook: str, kind: type[T], provider: Provider) -> list[T]:
    """Return what a plugin's hook offers."""
    try:
        answer = ask()
        offers = [answer] if isinstance(answer, kind) else list(answer)
    except (Exception, SystemExit) as error:
        raise failed(hook, provider, error) from error
    for offer in offers:
        if not isinstance(offer, kind):
            wrong = f"the class {kind.__name__}" if offer is kind else preview(offer)
            msg = (
                f"{hook} of plugin {provider} gives {wrong} where a blender_core.{kind.__name__} "
                "is asked for"
            )
            raise PluginError(msg, provider=provider)
    return offers


def failed(hook: str, provider: Provider, error: BaseException, where: str = "") -> PluginError:
    """Return the error that says that a hook failed."""
    msg = (
        f"{hook} of plugin {provider} failed{where}: {type(error).__name__}: {format_error(error)}"
    )
    return PluginError(msg, provider=provider)


def claimed_by_several(label: str, providers: Sequence[Provider]) -> ReaderConflictError:
    """Return the error that says that several plugins take one input."""
    lines = "".join(f"\n  - {provider}" for provider in providers)
    msg = Advice(
        f"{label} is taken by more than one plugin:{lines}\nUninstall one of them, or ",
        leave_out(leave_out_one_of(providers).plugin),
        ".",
    )
    return ReaderConflictError(msg, what=label, providers=providers)
