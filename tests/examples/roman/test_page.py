"""What the README and docs/howto/roman.rst tell people to do, done."""

import contextlib
import doctest
import io
import re
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
README = re.compile(r"^```(python)\n(.*?)^```", re.DOTALL | re.MULTILINE)
PAGE = re.compile(r"^\.\. code-block:: (python|text)\n\n((?:   .*\n|\n)+)", re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "blocks", "n_compared"),
    [("examples/roman/README.md", README, 0), ("docs/howto/roman.rst", PAGE, 2)],
)
def test_blocks(roman, write, write_mosaic, monkeypatch, name, blocks, n_compared):  # noqa: ARG001
    write_mosaic("mosaic")
    folder = write("r1", 0).parent
    write("r2", 100, changes={"instrument.optical_element": "F062"})
    monkeypatch.chdir(folder)
    namespace, printed, compared = {}, "", 0
    for language, block in blocks.findall((ROOT / name).read_text()):
        text = textwrap.dedent(block).strip("\n") + "\n"
        if language == "python":
            with contextlib.redirect_stdout(io.StringIO()) as stream:
                exec(compile(text, name, "exec"), namespace)  # noqa: S102
            printed = stream.getvalue()
        else:
            assert doctest.OutputChecker().check_output(text, printed, 0), printed
            compared += 1
    assert compared == n_compared
    assert "2027-02-01T00:00" in str(namespace["result"].values["meta.coadd_info.time_mean"])
