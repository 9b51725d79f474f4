"""Write the change logs of the version that is to be released, from the fragments in `changes/`.

It may be done again and again until the release: the fragments stay, and what is there of this
version is replaced. `changes.py --release` removes the fragments. Needs towncrier.
"""

import datetime
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DISTRIBUTIONS = ("blender_core", "blender_rules_std")


def main(arguments: list[str]) -> int:
    """Write both change logs."""
    if arguments not in ([], ["--release"]):
        sys.exit("Usage: changes.py [--release]")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    for name in DISTRIBUTIONS:
        folder = ROOT / name
        log = folder / "CHANGES.md"
        fragments = list(folder.glob("changes/**/*.md"))
        if not fragments:
            sys.stdout.write(f"{log.relative_to(ROOT)} stays: there are no fragments.\n")
            continue
        # From the heading of this version to that of the one before, or to the end.
        section = rf"(?ms)^## {re.escape(version)} \(.*?(?=^## |\Z)"
        text = log.read_text(encoding="utf-8")
        log.write_text(re.sub(section, "", text).rstrip() + "\n", encoding="utf-8")
        command = ["towncrier", "build", "--config", str(folder / "pyproject.toml")]
        command += ["--dir", str(folder), "--version", version]
        command += ["--date", datetime.datetime.now(tz=datetime.UTC).date().isoformat()]
        subprocess.run([sys.executable, "-m", *command, "--keep"], check=True)  # noqa: S603
        text = log.read_text(encoding="utf-8")
        log.write_text(re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n", encoding="utf-8")
        for fragment in fragments if arguments else ():
            fragment.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
