"""What messages advise to do: to pass an argument of the library, or an option of the command line.

The same error is read by who calls the library and by who types a command. So an argument in a
message stays an object, with its name and value, and is spelled where the message is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.environment import BLOCK
from blender_core.common.provider import normalized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Self

    from blender_core.common.provider import Provider

_STANDARD_RULES: Final = "blender-rules-std"


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument that a message advises to pass; None for its value leaves it to the reader."""

    name: str
    value: Any = None

    def __str__(self) -> str:
        return f"{self.name}=" + (" of the call" if self.value is None else repr(self.value))


@dataclass(frozen=True, slots=True)
class Extra(Argument):
    """An extra of a distribution that a message advises to install: a line for any shell."""

    def __str__(self) -> str:
        return f'pip install "{self.value}[{self.name}]"'


class Advice(str):
    """A message with arguments in it. As a text, it has them as callers of the library write them.

    Examples
    --------
    >>> from blender_core.common.advice import Advice, Argument
    >>> advice = Advice("replace it with ", Argument("overwrite", True))
    >>> str(advice)
    'replace it with overwrite=True'
    >>> advice.spelled(lambda argument: f"--{argument.name}")
    'replace it with --overwrite'
    """

    parts: tuple[str | Argument, ...]

    def __new__(cls, *parts: str | Argument) -> Self:
        """Join texts, arguments and other advice."""
        nested = (part.parts if isinstance(part, Advice) else (part,) for part in parts)
        flat = tuple(part for several in nested for part in several)
        advice = super().__new__(cls, "".join(map(str, flat)))
        advice.parts = flat
        return advice

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """The arguments, in the order in which they are named."""
        return tuple(part for part in self.parts if isinstance(part, Argument))

    def spelled(self, spell: Callable[[Argument], str]) -> str:
        """Return the message with its arguments as another reader writes them."""
        return "".join(spell(part) if isinstance(part, Argument) else part for part in self.parts)


def leave_out(*names: str) -> Advice:
    """Advise how to be without plugins: by an argument, and for those who cannot pass any."""
    return Advice("pass ", Argument("block", names), f" or set {BLOCK}={','.join(names)}")


def leave_out_all_but_one(providers: Iterable[Provider]) -> Advice:
    """Advise how to be left with one of several plugins, with the standard rules if they are one.

    The others are named so that it is not left out with them: by their own names or by their
    distributions'.
    """
    alike = sorted(set(providers), key=lambda p: (normalized(p.distribution) == _STANDARD_RULES, p))
    for kept in reversed(alike):
        names = [_name_apart(provider, kept) for provider in alike if provider != kept]
        if None not in names:
            break
    # If there is no such name, one that leaves them all out.
    return leave_out(*(name or kept.plugin for name in names))


def _name_apart(provider: Provider, kept: Provider) -> str | None:
    taken = {normalized(kept.plugin), normalized(kept.distribution)}
    names = provider.plugin, provider.distribution
    return next((name for name in names if normalized(name) not in taken), None)
