"""The values of YAML scalars, where there can be no doubt about them.

Most scalars of most ASDF trees are of a few plain forms. Of these, the value that `asdf` gives can
be had in a fraction of the time. Anything else is left to asdf.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Any, Final

DOUBTFUL: Final = object()
"""What stands for a value that only asdf can tell."""

# A long text goes on in the next line, where a blank was.
_FOLD: Final = r"(?<=[!-~])\n +(?=[!-~])"
_SCALAR: Final = re.compile(
    r"(-?(?:0|[1-9][0-9]{0,17}+))"
    r"|(-?[0-9]+\.[0-9]*(?:e[-+][0-9]+)?)"
    rf"|'((?:[ -&(-~]++|''|{_FOLD})*+)'"
    # Nothing that has a meaning of its own in YAML, be it within braces or not.
    rf"|((?=[A-Za-z0-9_./(]|-[A-Za-z0-9.])(?:[ !\"$-+\--9;->@-Z\\^-z|~]++|{_FOLD})*+(?<! ))"
)
_INTEGER, _FLOAT, _QUOTED, _PLAIN = 1, 2, 3, 4
_DIGITS: Final = "0123456789"
_LINE_BREAK: Final = re.compile(r"\n +")
_WORDS: Final = {
    "true": True,
    "false": False,
    "null": None,
    ".nan": math.nan,
    ".inf": math.inf,
    "-.inf": -math.inf,
}


def scalar_value(text: str) -> Any:
    r"""Return the value of a scalar."""
    # Most that differ from file to file are such numbers: this is what the form of a float means.
    if text.strip(_DIGITS) == "." and text[0] != ".":
        return float(text)
    match = _SCALAR.fullmatch(text)
    if match is None:
        return DOUBTFUL
    form = match.lastindex
    if form == _FLOAT:
        return float(text)
    if form == _INTEGER:
        return int(text)
    if "\n" in text:
        text = _LINE_BREAK.sub(" ", text)
    if form == _QUOTED:
        return text[1:-1].replace("''", "'")
    return _plain(text)


@cache
def _loader() -> Any:
    from asdf.yamlutil import AsdfLoader

    return AsdfLoader


def _plain(text: str) -> Any:
    """Return the value of a text without quotes, which may be meant as something else."""
    forms = _loader().yaml_implicit_resolvers
    for _, pattern in (*forms.get(text[0], ()), *forms.get(None, ())):
        if pattern.match(text):
            return _WORDS.get(text, DOUBTFUL)
    return text
