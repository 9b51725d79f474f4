"""Find the plugin that takes a rules file, and have it read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from blender_core.errors import (
    BlenderError,
    BlendErrorGroup,
    PluginError,
    RulesFileError,
    raise_all,
)
from blender_core.plugins.contract import claimed_by_several, guarded, offered_by
from blender_core.plugins.override import Override

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from blender_core.common.provider import Provider
    from blender_core.plugins.named_file import NamedFile

__all__ = ["HOOK", "read_by_plugins"]

HOOK: Final = "blender_rules_file"
_REFUSALS: Final = (RulesFileError, BlendErrorGroup)


class _Claim(NamedTuple):
    """What a plugin read in a file that is of its format, or what is wrong with the file."""

    provider: Provider
    overrides: list[Override]
    faults: list[RulesFileError]


def read_by_plugins(
    file: NamedFile, hooks: Iterable[tuple[Provider, Callable[[], Any]]]
) -> tuple[list[Override], Provider] | None:
    """Return what the plugin read that takes a file, and whose it is; None if there is none.

    It raises what `Plugins.rules_file` says.
    """
    what = f"rules file {file}"
    claims: list[_Claim] = []
    failures: list[BlenderError] = []
    for provider, ask in hooks:
        try:
            claim = _claim(file, what, provider, ask)
        except PluginError as failure:
            failures.append(failure)
        else:
            if claim is not None:
                claims.append(claim)
    raise_all("installed plugins cannot be used", failures)
    if len(claims) > 1:
        raise claimed_by_several(what, [claim.provider for claim in claims])
    for claim in claims:
        raise_all(f"{what} cannot be used", claim.faults)
        return claim.overrides, claim.provider
    return None


def _claim(file: NamedFile, what: str, provider: Provider, ask: Callable[[], Any]) -> _Claim | None:
    try:
        overrides = offered_by(ask, HOOK, Override, provider, _REFUSALS, what)
    except _REFUSALS as refusal:  # it is the plugin's, and has a fault
        with guarded(f"{HOOK} of plugin {provider} failed for {what}", provider):
            return _Claim(provider, [], list(file.faults_found_by(provider, refusal)))
    return None if overrides is None else _Claim(provider, overrides, [])
