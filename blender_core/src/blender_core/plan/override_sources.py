"""Where overrides come from: plugins, rules files and the caller."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.attribute_paths import ITSELF, specificity
from blender_core.common.environment import RULES, rules_files
from blender_core.common.wording import join_words, pluralize, preview, visible
from blender_core.errors import UnknownRulesFileError
from blender_core.plan.assignment import SourcedOverride, Tier
from blender_core.plan.rules_file import read_rules_file
from blender_core.plugins.named_file import NamedFile
from blender_core.plugins.override import Override

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blender_core.plugins.context import Context
    from blender_core.plugins.manager import Plugins
    from blender_core.schema.attributes import Attribute

CALLER: Final = "the caller"
_LOGGER: Final = logging.getLogger(__name__)


class OverrideSources:
    """All overrides of a blend, of which a plan takes those that hold for its inputs.

    Those of plugins, of rules files (the call's, and those that the environment names), and the
    caller's own: attributes with the names of their rules, or overrides.
    """

    def __init__(
        self,
        plugins: Plugins,
        rules: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
        overrides: Mapping[str, str] | Iterable[Override] = (),
    ) -> None:
        self._plugins = plugins
        self._of_plugins: dict[tuple[str, str | None], list[SourcedOverride]] = {}
        files = [
            *(NamedFile(path, RULES) for path in rules_files()),
            *(NamedFile(Path(path)) for path in _paths(rules)),
        ]
        among = [file.path for file in files]
        self._of_files_and_caller = [
            each for file in files for each in overrides_in(file, plugins, among)
        ]
        self._of_files_and_caller += (
            SourcedOverride(override, Tier.CALLER, CALLER) for override in _callers_own(overrides)
        )

    def __bool__(self) -> bool:
        return bool(self._of_files_and_caller) or self._plugins.have_overrides

    def all_for(self, context: Context) -> list[SourcedOverride]:
        """Return the overrides that there are for certain inputs, whether they hold or not."""
        key = context.model_type, context.instrument
        if key not in self._of_plugins:
            # Asked once, so that plugins need not be quick where the inputs are of many detectors.
            self._of_plugins[key] = [
                SourcedOverride(override, Tier.PLUGIN, str(provider), provider)
                for override, provider in self._plugins.overrides(*key)
            ]
        return self._of_plugins[key] + self._of_files_and_caller

    def holding(self, context: Context, everyone: Sequence[Context] = ()) -> list[SourcedOverride]:
        """Return the overrides that hold for certain inputs, and what all of the blend are."""
        return [each for each in self.all_for(context) if _holds(each.override, context, everyone)]

    def waiting(self, context: Context) -> list[SourcedOverride]:
        """Return those that will hold for certain inputs if others are as they want it."""
        every = (each for each in self.all_for(context) if each.override.for_all)
        return [each for each in every if not each.override.when.holds(context)]

    def names(self, attribute: Attribute) -> bool:
        """Tell whether a rules file or the caller means an attribute by its own path or keyword."""
        return any(
            specificity(each.override.attribute, attribute.path, attribute.keyword) == ITSELF
            for each in self._of_files_and_caller
        )

    def idle(
        self, context: Context, everyone: Sequence[Context] = ()
    ) -> tuple[SourcedOverride, ...]:
        """Return the overrides of files and the caller that do not hold for certain inputs."""
        return tuple(
            each
            for each in self._of_files_and_caller
            if not _holds(each.override, context, everyone)
        )


def _holds(override: Override, context: Context, everyone: Sequence[Context]) -> bool:
    whom = (context, *everyone) if override.for_all else (context,)
    return any(map(override.when.holds, whom))


def _paths(rules: Any) -> Iterator[str | os.PathLike[str]]:
    is_one = isinstance(rules, (str, os.PathLike))
    are_several = isinstance(rules, Iterable) and not isinstance(rules, (bytes, Mapping))
    for path in [rules] if is_one or not are_several else rules:
        if not isinstance(path, (str, os.PathLike)):
            msg = f"rules takes the path of a rules file, or several, not {preview(path)}"
            raise TypeError(msg)
        yield path


def _callers_own(overrides: Any) -> Iterator[Override]:
    if isinstance(overrides, Override):
        yield overrides
    elif isinstance(overrides, Mapping):
        for attribute, rule in overrides.items():
            if not (isinstance(attribute, str) and isinstance(rule, str)):
                msg = (
                    "overrides is a dict of attributes to the names of their rules, and has "
                    f"{preview(attribute)}: {preview(rule)}"
                )
                raise TypeError(msg)
            yield Override(attribute=attribute, rule=rule)
    elif isinstance(overrides, Iterable) and not isinstance(overrides, str):
        for override in overrides:
            if not isinstance(override, Override):
                msg = f"overrides takes blender_core.Override objects, not {preview(override)}"
                raise TypeError(msg)
            yield override
    else:
        msg = f"overrides is a dict of attributes to rules or Overrides, not {preview(overrides)}"
        raise TypeError(msg)


def overrides_in(file: NamedFile, plugins: Plugins, among: Sequence[Path]) -> list[SourcedOverride]:
    """Read the overrides of one of several rules files, each with the file and who reads it."""
    if file.is_toml:
        overrides, reader = read_rules_file(file.path, file.variable), None
    else:
        claim = plugins.rules_file(file, among)
        if claim is None:
            raise _unknown(file, plugins)
        overrides, reader = claim
    source = file.as_read_by(reader)
    _LOGGER.info("read %s from rules file %s", pluralize(len(overrides), "override"), source)
    return [SourcedOverride(each, Tier.RULES_FILE, source, reader) for each in overrides]


def _unknown(file: NamedFile, plugins: Plugins) -> UnknownRulesFileError:
    asked = plugins.rules_file_readers
    nobody = "no installed plugin reads any"
    if asked:
        nobody = f"no plugin takes it: asked was {join_words(list(map(str, asked)))}"
    msg = (
        f"rules file {file} is of no format that is known: its name does not end in .toml, as "
        f"those in TOML do, and {nobody}. If it is TOML, call it {visible(file.path.stem)}.toml; "
        "if not, install a plugin that reads it."
    )
    return UnknownRulesFileError(msg, path=file.path, variable=file.variable, providers=asked)
