"""What checks find, all of it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from blender_core.errors import PluginCheckError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blender_core.common.provider import Provider

__all__ = ["raise_problems", "shortened"]

_MOST_ALIKE: Final = 3


def shortened(problems: list[str]) -> list[str]:
    """Return the first problems of a kind, and how many more there are."""
    more = len(problems) - _MOST_ALIKE
    return problems if more <= 1 else [*problems[:_MOST_ALIKE], f"… and {more} more of this kind"]


def raise_problems(what: str, provider: Provider, groups: Iterable[list[str]]) -> None:
    """Raise one error of all problems, which come in groups of one kind, if there are any."""
    found = (problem for group in groups for problem in shortened(list(dict.fromkeys(group))))
    problems = [*dict.fromkeys(found)]
    if not problems:
        return
    lines = "\n".join("  - " + problem.replace("\n", "\n    ") for problem in problems)
    msg = f"{what} of plugin {provider} are not what they must be:\n{lines}"
    raise PluginCheckError(msg, provider=provider, problems=problems)
