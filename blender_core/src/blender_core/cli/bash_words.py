"""Words as a user of bash types them, for completion.

Bash takes ``=`` and ``:`` for ends of words: it asks for what follows on ``EFFEXPTM=me`` as if that
were three words, and inserts what it is told in the place of the last of them (bash 5.2).
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENDS: Final = frozenset("=:")
_WORDS, _NUMBER = "COMP_WORDS", "COMP_CWORD"


@contextmanager
def in_whole_words(variable: str) -> Iterator[None]:
    """Within, a question of bash has whole words; to it, answers are cut as it cuts words.

    ``variable`` is that of the environment by which a shell asks.
    """
    words = os.environ.get(_WORDS, "").split("\n")
    number = os.environ.get(_NUMBER, "")
    is_asked = os.environ.get(variable) == "complete_bash" and number.isdecimal()
    if not is_asked or int(number) >= len(words):
        yield
        return
    joined, current = _joined(words, int(number))
    os.environ[_WORDS], os.environ[_NUMBER] = "\n".join(joined), str(current)
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            yield
    finally:
        begun = joined[current]
        if begun.startswith("--") and "=" in begun:  # answers are for the option's value
            begun = begun.partition("=")[2]
        cut = max(map(begun.rfind, _ENDS)) + 1
        for line in printed.getvalue().splitlines():
            answer = line[cut:] if line.startswith(begun[:cut]) else line
            sys.stdout.write(f"{answer}\n")


def _joined(words: list[str], number: int) -> tuple[list[str], int]:
    """Return words without those ends of words in between, and which is the current one."""
    joined: list[str] = []
    current = 0
    for i, word in enumerate(words[: number + 1]):
        is_end = bool(word) and _ENDS.issuperset(word)
        follows = i > 0 and bool(words[i - 1]) and _ENDS.issuperset(words[i - 1])
        if joined and (is_end or follows):
            joined[-1] += word
        else:
            joined.append(word)
        current = len(joined) - 1
    return joined, current
