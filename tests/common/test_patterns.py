"""Patterns mean what they mean elsewhere: those of names to fnmatch, those of paths in regular
expressions in which stars are written out."""

import fnmatch
import os
import random
import re
import warnings

import pytest
from thoroughness import all_but_exhaustive
from time_limit import time_limit

from blender_core.common.patterns import matches_name, of_names, of_paths

N_PATTERNS = int(os.environ.get("RANDOM_PATTERNS", "1000"))
LENGTH = 10_000
LONG = {
    "stars between letters": "*a" * (LENGTH // 2) + "Z",
    "a row of stars": "*" * LENGTH + "Z",
    "stars and single ones": "*?" * (LENGTH // 2) + "Z",
    "stars and sets": "*[ab]" * (LENGTH // 5) + "Z",
    "stars and many sets": "".join(f"*[a{chr(300 + i)}]" for i in range(LENGTH // 5)) + "Z",
    "both kinds of stars": "**a*" * (LENGTH // 4) + "Z",
    "one long part": "*" + "a" * (LENGTH // 2) + "b*",
    "brackets that do not close": "[" * LENGTH,
    "one long set": "[!" + "b-z" * (LENGTH // 3) + "]Z",
}

QUICK = ("stars between letters", "stars and many sets", "both kinds of stars")


def regular_expression(pattern):
    """What a pattern of paths means, as long as nobody minds how long it takes."""
    words = {"**": r".*", "*": r"[^.]*", "?": r"[^.]"}
    parts = []
    for token in re.findall(r"\*\*|\*|\?|\[[^]]+\]|.", pattern, re.DOTALL):
        inside = token[1:-1]
        negation = "^" if inside.startswith("!") else ""
        escaped = re.sub(r"([\\\[\]^&~|])", r"\\\1", inside[len(negation) :])
        try:
            re.compile(f"[{escaped}]")
        except re.error:
            parts.append(words.get(token) or re.escape(token))
        else:
            parts.append(f"[{negation}{escaped}]")
    return re.compile("".join(parts), re.DOTALL)


def test_short_ones_mean_what_they_always_meant():
    choose = random.Random(12)  # noqa: S311
    meant = [0, 0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of sets that may mean something else in time
        for _ in range(N_PATTERNS):
            length = choose.randrange(12)
            pattern = "".join(choose.choice("ab.-*?[]!*a^\\~&|z\n") for _ in range(length))
            if choose.random() < 0.5:
                pattern = pattern.replace("b", "**")
            expression = regular_expression(pattern)
            for _ in range(8):
                name = "".join(choose.choice("ab.-!]&^[\\z\n") for _ in range(choose.randrange(9)))
                expected = expression.fullmatch(name) is not None
                assert of_paths(pattern).matches(name) == expected, (pattern, name)
                meant[0] += expected
                expected = fnmatch.fnmatchcase(name, pattern)
                assert of_names(pattern).matches(name) == expected, (pattern, name)
                meant[1] += expected
    assert min(meant) > N_PATTERNS / 10


@pytest.mark.parametrize(
    ("pattern", "name", "of_a_path", "of_a_name"),
    [
        ("", "", True, True),
        ("*", "", True, True),
        ("*", "a.b", False, True),
        ("**", "a.b", True, True),
        ("?", ".", False, True),
        ("**a*b", "a.ab", True, True),  # the first a is not the one that is meant
        ("*[.a]b*c", "ab.bc", True, True),
        ("[z-a]", "[z-a]", True, False),
        ("[!z-a]", "x", False, True),
        ("[]a]", "]", False, True),
        ("[a--]", "-", False, False),
        ("[--a]", "0", True, True),
        ("a[", "a[", True, True),
        ("[!a]", ".", True, True),
        ("***a", "b.a", True, True),
    ],
)
def test_by_hand(pattern, name, of_a_path, of_a_name):
    assert of_paths(pattern).matches(name) is of_a_path
    assert of_names(pattern).matches(name) is of_a_name


def test_names_are_compared_without_case():
    assert matches_name("nrc[a-b]?", "NRCA1")
    assert matches_name("NRC*", "nrcblong")
    assert not matches_name("NRC", "NRCA1")


@pytest.mark.parametrize("kind", all_but_exhaustive(LONG, QUICK))
@pytest.mark.parametrize("of", [of_paths, of_names])
def test_long_ones(of, kind):
    with time_limit():
        pattern = of(LONG[kind])
        assert not pattern.matches("a" * LENGTH)
        assert not pattern.matches("".join(map(chr, range(97, 97 + LENGTH))))


def test_long_ones_that_fit():
    with time_limit():
        assert of_names("*a" * (LENGTH // 2)).matches("a" * LENGTH)
        assert of_paths("**?" * (LENGTH // 2)).matches("a" * LENGTH)
        assert of_names("[" * LENGTH).matches("[" * LENGTH)
        assert not of_names("*a" * (LENGTH // 2 + 1)).matches("a" * (LENGTH // 2))
