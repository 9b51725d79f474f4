"""Turn a ``.rules`` file into a rules file of Model Blender, once and for all."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from blender_core import BlenderError, BlendErrorGroup, Missing, Override, RulesFileError
from blender_hst.rules_lines import read_lines
from blender_hst.rules_overrides import overrides_of

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

__all__ = ["main", "to_toml", "write_toml"]

_MOST_BYTES: Final = 4 << 20


def to_toml(overrides: Iterable[Override], name: str) -> str:
    """Return overrides as the text of a rules file, which says what file they are from."""
    heading = f"# The rules of {json.dumps(name)}, for images of HST.\n"
    blocks = [f"{heading}# Of those for one keyword, the one with the greatest precedence counts."]
    for override in overrides:
        lines = ["[[override]]"]
        for field in dataclasses.fields(override):
            value = getattr(override, field.name)
            if value not in (field.default, {}):
                lines.append(f"{field.name} = {_toml(value)}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, Missing):
        value = value.value
    # Of texts, numbers and booleans, JSON writes what TOML reads.
    return json.dumps(value)


def write_toml(
    rules: str | os.PathLike[str], to: str | os.PathLike[str], *, overwrite: bool = False
) -> Path:
    """Turn a ``.rules`` file into a rules file in TOML.

    Parameters
    ----------
    rules : path-like
        The ``.rules`` file.
    to : path-like
        The file to write, as a whole or not at all.
    overwrite : bool, optional
        Whether it may replace another.

    Returns
    -------
    path : pathlib.Path
        The file that was written.

    Raises
    ------
    RulesFileError
        If something is wrong with the ``.rules`` file. Several faults are one `BlendErrorGroup`.
    FileExistsError
        If the file is there already, and is not to be replaced.
    """
    source, target = Path(rules), Path(to)
    text = to_toml(overrides_of(read_lines(source, _text_of(source))), source.name)
    if not overwrite and target.exists():
        msg = f"{target} is there already"
        raise FileExistsError(msg)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=target.parent, prefix=f".{target.name}.", delete=False
    ) as draft:
        draft_path = Path(draft.name)
        try:
            draft.write(text)
            draft.close()
            draft_path.replace(target)
        except BaseException:
            draft_path.unlink(missing_ok=True)
            raise
    return target


def _text_of(path: Path) -> str:
    """Return the text of a regular file that is not too long."""
    try:
        if not path.is_file():
            problem = "it is no regular file" if path.exists() else "there is no such file"
            raise RulesFileError(problem, path=path)
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        problem = f"it cannot be read: {error.strerror or error}"
        raise RulesFileError(problem, path=path) from error
    if len(content) > _MOST_BYTES:
        problem = f"it has more than {_MOST_BYTES >> 20} MB, which no rules have"
        raise RulesFileError(problem, path=path)
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problem = "it is not a text in UTF-8"
        raise RulesFileError(problem, path=path, line=line) from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command ``hst-rules``."""
    parser = argparse.ArgumentParser(
        prog="hst-rules",
        description="Turn a .rules file of HST into a rules file of Model Blender.",
    )
    parser.add_argument("rules", help="the .rules file")
    parser.add_argument("--to", required=True, metavar="FILE", help="the file to write, in TOML")
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is there")
    given = parser.parse_args(arguments)
    try:
        written = write_toml(given.rules, given.to, overwrite=given.overwrite)
    except (BlenderError, OSError) as error:
        for line in _messages(error, given.rules):
            print(line.encode("ascii", "backslashreplace").decode(), file=sys.stderr)
        return 1
    print(f"{written} has the rules of {given.rules}")
    return 0


def _messages(error: BaseException, path: str) -> list[str]:
    if isinstance(error, BlendErrorGroup):
        return [line for each in error.exceptions for line in _messages(each, path)]
    if not isinstance(error, RulesFileError):
        return [f"error: {error}"]
    line = "" if error.line is None else f", line {error.line}"
    key = "" if error.key is None else f", {error.key}"
    return [f"error: rules file {path}{line}{key}: {error}"]
