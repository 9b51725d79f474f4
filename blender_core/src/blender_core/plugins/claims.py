"""Find the one plugin that takes an input, a product or a rules file, and have it read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from blender_core.errors import (
    BlenderError,
    BlendErrorGroup,
    InputError,
    PluginError,
    RulesFileError,
    raise_all,
)
from blender_core.plugins.contract import claimed_by_several, guarded, offered_by
from blender_core.plugins.override import Override

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from blender_core.common.provider import Provider
    from blender_core.plugins.named_file import NamedFile

    Calls = Iterable[tuple[Provider, Callable[[], Any]]]
    """A hook of each plugin that has it, with its arguments."""

T = TypeVar("T")

RULES_FILE: Final = "blender_rules_file"
_REFUSALS: Final = (RulesFileError, BlendErrorGroup)


def opened_by_plugin(hook: str, what: str, calls: Calls) -> tuple[Any, Provider] | None:
    """Return what the plugin makes of an input or a product that takes it, and whose it is.

    It raises what `Plugins.open` says.
    """

    def opened(provider: Provider, call: Callable[[], Any]) -> Any:
        try:
            problem = f"{hook} of plugin {provider} failed for {what}"
            with guarded(problem, provider, passes=InputError):
                return call()
        except InputError as refusal:  # it is the plugin's, and cannot be read
            return refusal

    claim = _only_claim(what, calls, opened)
    if claim is not None and issubclass(type(claim[0]), InputError):
        raise claim[0]
    return claim


def read_by_plugin(file: NamedFile, calls: Calls) -> tuple[list[Override], Provider] | None:
    """Return what the plugin reads in a rules file that takes it, and whose it is.

    It raises what `Plugins.rules_file` says.
    """
    what = f"rules file {file}"

    def read(
        provider: Provider, call: Callable[[], Any]
    ) -> tuple[list[Override], Sequence[RulesFileError]] | None:
        try:
            overrides = offered_by(call, RULES_FILE, Override, provider, _REFUSALS, what)
        except _REFUSALS as refusal:  # it is the plugin's, and has a fault
            with guarded(f"{RULES_FILE} of plugin {provider} failed for {what}", provider):
                return [], list(file.faults_found_by(provider, refusal))
        return None if overrides is None else (overrides, [])

    claim = _only_claim(what, calls, read)
    if claim is None:
        return None
    (overrides, faults), provider = claim
    raise_all(f"{what} cannot be used", faults)
    return overrides, provider


def _only_claim(
    what: str, calls: Calls, answer: Callable[[Provider, Callable[[], Any]], T | None]
) -> tuple[T, Provider] | None:
    """Return the only answer of a plugin that is not None; all plugins are asked."""
    claims: list[tuple[T, Provider]] = []
    failures: list[BlenderError] = []
    for provider, call in calls:
        try:
            claim = answer(provider, call)
        except PluginError as failure:
            failures.append(failure)
        else:
            if claim is not None:
                claims.append((claim, provider))
    raise_all("installed plugins cannot be used", failures)
    if len(claims) > 1:
        raise claimed_by_several(what, [provider for _, provider in claims])
    return claims[0] if claims else None
