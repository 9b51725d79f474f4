"""What checks find, all of it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from blender_core.errors import PluginCheckError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blender_core.common.provider import Provider

_MOST_ALIKE: Final = 3


def gathered(groups: Iterable[Iterable[str]]) -> list[str]:
    """Return problems that come in groups of one kind, each once: the first ones of each group."""
    problems: dict[str, None] = {}
    for group in groups:
        alike = list(dict.fromkeys(group))
        more = len(alike) - _MOST_ALIKE
        if more > 1:
            alike[_MOST_ALIKE:] = [f"… and {more} more of this kind"]
        problems |= dict.fromkeys(alike)
    return list(problems)


def listed(problems: Iterable[str]) -> str:
    """Return problems as the lines of a message."""
    return "\n".join("  - " + problem.replace("\n", "\n    ") for problem in problems)


def raise_problems(what: str, provider: Provider, groups: Iterable[Iterable[str]]) -> None:
    """Raise one error of all problems, if there are any."""
    if problems := gathered(groups):
        msg = f"{what} of plugin {provider} are not what they must be:\n{listed(problems)}"
        raise PluginCheckError(msg, provider=provider, problems=problems)
