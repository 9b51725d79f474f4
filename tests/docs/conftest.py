"""How tests find the code blocks of a page."""

import re
import textwrap
from dataclasses import dataclass

import pytest

BEGIN = re.compile(
    r"^( *)\.\. (?:code-block:: (?P<language>\w+)|(?P<setup>test-setup)|literalinclude:: (?P<file>\S+))$"
)


@dataclass
class Block:
    line: int
    language: str
    caption: str | None
    text: str


def blocks_of(path):
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines):
        begin = BEGIN.match(line)
        if not begin:
            continue
        indent = len(begin[1])
        body = []
        for one in lines[number + 1 :]:
            if one.strip() and len(one) - len(one.lstrip()) <= indent:
                break
            body.append(one)
        options = [one.strip() for one in body if one.strip().startswith(":")]
        caption = next((one[10:] for one in options if one.startswith(":caption: ")), None)
        if not begin["file"]:
            text = "\n".join(one for one in body if one.strip() not in options)
            text = textwrap.dedent(text).strip("\n") + "\n"
        elif caption:
            text = (path.parent / begin["file"]).read_text()
        else:  # a file to look at
            continue
        yield Block(number + 1, begin["language"] or "python", caption, text)


@pytest.fixture(scope="session")
def blocks():
    """Return a function that gives the code blocks of a page, in their order."""
    return blocks_of
