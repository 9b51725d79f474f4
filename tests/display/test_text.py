"""Tables as text, at the width of a terminal and without one."""

import os
import pty
import subprocess
import sys
import threading

import pytest

from blender_core.display.text import text_table
from blender_core.display.view import View, ViewTable

HEAD = ("attribute", "rule", "reason")
ROWS = [
    ("meta.exposure.start_time", "min", "blend_rule of the schema, which everybody can read"),
    ("meta.a", "first", ""),
]


def test_as_wide_as_it_is():
    assert text_table(HEAD, ROWS).splitlines() == [
        "attribute                 rule   reason",
        "meta.exposure.start_time  min    blend_rule of the schema, which everybody can read",
        "meta.a                    first",
    ]


def test_folded():
    assert text_table(HEAD, ROWS, 60).splitlines() == [
        "attribute                 rule   reason",
        "meta.exposure.start_time  min    blend_rule of the schema,",
        "                                 which everybody can read",
        "meta.a                    first",
    ]


@pytest.mark.parametrize("width", [30, 40, 60, 80, 120])
def test_nothing_is_lost_or_too_wide(width):
    rows = [("x" * 50, "two words", f"{'many words ' * 20}end"), ("", "", ""), ("a", "b", "c")]
    text = text_table(HEAD, rows, width)
    assert max(map(len, text.splitlines())) <= width
    for letter in ("x", "a", "m", "d"):
        expected = "".join("".join(row) for row in [HEAD, *rows]).count(letter)
        assert text.count(letter) == expected


def test_a_view():
    view = View(
        "Title",
        [("one", "1"), ("longer", "2")],
        [
            ViewTable(("a", "b"), [("1", "2")], "table"),
            ViewTable(("a", "b"), [("3", "4")], "2 more", is_folded=True),
            ViewTable(("a", "b"), [], "empty"),
        ],
    )
    assert str(view) == "Title\n  one     1\n  longer  2\n\ntable\na  b\n1  2\n\n2 more"


PRINTS = """
from blender_core.display.view import ViewTable
print(ViewTable(
    ("attribute", "keyword", "rule", "asked for by", "provider", "problem", "remedy"),
    [("meta.exposure.number_of_groups", "NGROUPS", "mean", "the schema", "acme-rules 1.2 [acme]",
      "its rule may give a fraction where an integer is asked for",
      "Override the rule: overrides={'NGROUPS': 'first'}, say.")],
))
"""


@pytest.mark.parametrize("width", [80, 120])
def test_on_a_terminal(width):
    """Printed on one, a table is as wide as it; in a pipe, a row is a line."""
    piped = subprocess.run(
        [sys.executable, "-c", PRINTS], check=True, capture_output=True, text=True
    ).stdout
    assert len(piped.splitlines()) == 2
    main, secondary = pty.openpty()
    # The size is set before the program asks for it.
    import fcntl
    import struct
    import termios

    fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    process = subprocess.Popen([sys.executable, "-c", PRINTS], stdout=secondary)
    os.close(secondary)
    watch = threading.Timer(60, process.kill)
    watch.start()
    text = b""
    try:
        while part := os.read(main, 65536):
            text += part
    except OSError:  # which is how a terminal ends on Linux
        pass
    finally:
        watch.cancel()
        os.close(main)
    assert process.wait() == 0
    lines = text.decode().splitlines()
    assert len(lines) > 2
    assert 0.8 * width < max(map(len, lines)) <= width
    # Names are broken at their dots, and words not at all.
    assert {"meta.exposure.", "fraction"} <= {word for line in lines for word in line.split()}
