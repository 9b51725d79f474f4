"""One version for all distributions: that of the `pyproject.toml` at the top.

`version.py` copies it to wherever else it has to stand, `version.py 1.1.0` sets it first, and
`version.py --check` changes nothing, names the files that say something else, and fails then.
Distributions are built from files that have their version in them, so that a wheel that is built
from an sdist, where the top of this repository is not, has it, too.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXACT = r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?"
OWN = rf'(?m)^version = "({EXACT})"$'
# What other distributions need of these: the same major version, from this one on.
RANGE = r'"blender-(?:core|rules-std)(?:\[[\w,]+\])?(>=[^"]+)"'
# Which files have a version, and where: the group of each pattern.
PLACES = (
    ("pyproject.toml", (OWN, rf'"blender-(?:core|rules-std)(?:\[[\w,]+\])?==({EXACT})"')),
    ("blender_*/pyproject.toml", (OWN, RANGE)),
    ("examples/*/pyproject.toml", (RANGE,)),
    ("CITATION.cff", (rf"(?m)^version: ({EXACT})$",)),
    ("docs/**/*.rst", (rf"blender-(?:core|rules-std) ({EXACT})(?![\w.]*\d)",)),
)


def with_version(text: str, patterns: tuple[str, ...], version: str) -> str:
    """Return a file's text with this version in all places."""
    major = version.partition(".")[0]
    # `>=1.1` leaves out 1.1.0rc1.
    oldest = re.sub(r"\.\d+$", "", version)
    for pattern in patterns:
        new = f">={oldest},<{int(major) + 1}" if pattern == RANGE else version
        text = re.sub(pattern, lambda match, new=new: match[0].replace(match[1], new, 1), text)
    return text


def main(arguments: list[str]) -> int:
    """Check, copy or set the version."""
    check = arguments == ["--check"]
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    if arguments and not check:
        (version,) = arguments
    if not re.fullmatch(EXACT, version):
        sys.exit(f"{version!r} is not a version such as 1.1.0 or 1.1.0rc1.")
    others = []
    for files, patterns in PLACES:
        for path in sorted(ROOT.glob(files)):
            old = path.read_text(encoding="utf-8")
            new = with_version(old, patterns, version)
            if new != old:
                others.append(str(path.relative_to(ROOT)))
                if not check:
                    path.write_text(new, encoding="utf-8")
    sys.stdout.write("".join(f"{name}\n" for name in others))
    return int(check and bool(others))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
