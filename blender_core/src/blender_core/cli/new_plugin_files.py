"""What a new plugin consists of: files made of templates."""

from __future__ import annotations

import datetime
import keyword
import re
import shutil
import sys
from importlib.resources import files
from importlib.util import find_spec
from string import Template
from typing import TYPE_CHECKING, Final

from blender_core.cli.errors import CommandError, refuse
from blender_core.common.foreign import tried
from blender_core.common.provider import engine_version, normalized
from blender_core.common.wording import join_words, preview
from blender_core.plugins.installed import announced_plugins
from blender_core.plugins.manager import Plugins
from blender_core.plugins.registry import Registry
from blender_core.plugins.rule import ENGINE_RULES
from blender_core.testing.exposures import INSTRUMENTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_DISTRIBUTION: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)*")
_RULE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_?-]*")
_LONGEST: Final = 40
"""So many characters of a name leave lines of code short enough."""

_FILES: Final = {
    "pyproject.toml": "pyproject.toml.txt",
    "README.md": "README.md.txt",
    "CHANGES.md": "CHANGES.md.txt",
    "LICENSE": "LICENSE.txt",
    ".gitignore": "gitignore.txt",
    ".github/workflows/tests.yml": "workflows/tests.yml.txt",
    ".github/workflows/release.yml": "workflows/release.yml.txt",
    "src/$package/__init__.py": "src/init.txt",
    "src/$package/plugin.py": "src/plugin.txt",
    "src/$package/py.typed": "",
    "tests/conftest.py": "tests/conftest.txt",
}
"""The files of all plugins, and their templates."""

_HOOKS: Final = {
    "overrides": ("blender_overrides",),
    "reader": ("blender_open", "blender_product"),
    "rules": ("blender_rules",),
}
"""The hooks in each module that a plugin may have."""


class PluginFiles:
    """The files of a plugin that is to be written; its names are looked at when it is made."""

    def __init__(
        self, name: str, *, rule: str | None, reader: bool, instrument: str | None
    ) -> None:
        self.distribution = name
        self.package = _package_of(name)
        if rule is None and not reader and instrument is None:
            rule = self.package.removesuffix("_rules")
        modules: dict[str, str] = {}
        if instrument is not None:
            instrument = _known_instrument(instrument)
            modules["overrides"] = f"an override for {instrument}"
        if reader:
            modules["reader"] = "a reader and products for FITS files of another telescope"
        if rule is not None:
            _require_new_rule(rule)
            modules["rules"] = f"the rule {rule}"
        self._modules = modules
        self.contents = join_words(list(modules.values()))
        self._words = {
            "distribution": name,
            "package": self.package,
            "contents": self.contents,
            "versions": _versions(engine_version()),
            "year": str(datetime.datetime.now(tz=datetime.UTC).year),
            "imports": "\n".join(
                f"from {self.package}.{module} import {', '.join(_HOOKS[module])}"
                for module in modules
            ),
            "hooks": ", ".join(
                f'"{hook}"' for hook in sorted(hook for each in modules for hook in _HOOKS[each])
            ),
            "rule": rule or "",
            "asked_rule": rule or "multi",
            "expected": "B" if rule else "MULTIPLE",
            "instrument": instrument or "",
            "other": next(each for each in INSTRUMENTS if each != instrument),
            "telescope": self.package.upper(),
        }

    def write(self, folder: Path) -> list[Path]:
        """Write the files into a folder that is not there yet, and return their paths."""
        try:
            folder.mkdir()
        except FileExistsError:
            msg = f"{folder} is there already: choose another name, or remove it"
            raise CommandError(msg) from None
        try:
            return [self._write(folder, *each) for each in self._templates().items()]
        except BaseException:
            # What is half there would be in the way of another try.
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def _templates(self) -> Mapping[str, str]:
        own = {}
        for module in self._modules:
            own[f"src/$package/{module}.py"] = f"src/{module}.txt"
            own[f"tests/test_{module}.py"] = f"tests/test_{module}.txt"
        return _FILES | own

    def _write(self, folder: Path, name: str, template: str) -> Path:
        path = folder / Template(name).substitute(self._words)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = ""
        if template:
            source = files("blender_core.cli") / "plugin_templates" / template
            text = Template(source.read_text(encoding="utf-8")).substitute(self._words)
        path.write_text(text, encoding="utf-8")
        return path


def _package_of(name: str) -> str:
    """Return the name of a distribution's package, or refuse the distribution's."""
    package = normalized(name).replace("-", "_")
    example = "such as acme-rules"
    if not _DISTRIBUTION.fullmatch(name) or len(name) > _LONGEST:
        refuse(
            f"{preview(name)} is no name for a distribution: up to {_LONGEST} letters, digits and "
            f"single hyphens, which begin with a letter, {example}"
        )
    if keyword.iskeyword(package) or keyword.issoftkeyword(package):
        refuse(f"{name!r} cannot be imported: it is a word of Python. Choose another, {example}")
    if package in sys.stdlib_module_names or package in {"src", "test", "tests"}:
        refuse(f"the module {package!r} has this name already: choose another, {example}")
    from importlib.metadata import distributions

    # Of broken metadata, there is no name.
    installed = {
        normalized(str(tried(lambda each=each: each.name, fallback=""))) for each in distributions()
    }
    if normalized(name) in installed:
        refuse(f"a distribution {name!r} is installed already: choose another name")
    if find_spec(package) is not None:
        refuse(f"a package {package!r} can be imported already: choose another name")
    for announced in announced_plugins():
        if normalized(announced.provider.plugin) == normalized(package):
            refuse(
                f"{announced.provider} has a plugin of this name: choose another name",
                provider=announced.provider,
            )
    return package


def _require_new_rule(rule: str) -> None:
    if not _RULE.fullmatch(rule) or len(rule) > _LONGEST:
        refuse(
            f"{preview(rule)} is no name for a new rule: up to {_LONGEST} letters, digits, "
            "underscores and hyphens, which begin with a letter"
        )
    if rule in ENGINE_RULES:
        refuse(f"the word {rule!r} is the engine's own: choose another name for the rule")
    registry = Registry(Plugins.discover().rules())
    if rule in registry:
        owner = registry[rule].provider
        refuse(
            f"{owner} has a rule {rule!r} already: choose another name with --rule", provider=owner
        )


def _known_instrument(instrument: str) -> str:
    if instrument.upper() not in INSTRUMENTS:
        refuse(
            f"JWST has no instrument {preview(instrument)}: there are {join_words(INSTRUMENTS)}. "
            "For another telescope, ask for --reader"
        )
    return instrument.upper()


def _versions(version: str) -> str:
    """Return the versions that keep what this one has: see the page on stability."""
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if numbers is None:
        return ""
    major, minor = map(int, numbers.groups())
    return f">={major}.{minor},<{major + 1}" if major else f">=0.{minor},<0.{minor + 1}"
