"""Read the overrides of a rules file: of one in TOML, or of one in a plugin's own format."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from blender_core.common.wording import join_words, pluralize, visible
from blender_core.errors import UnknownRulesFileError
from blender_core.plan.assignment import SourcedOverride, Tier
from blender_core.plan.rules_file import read_rules_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from blender_core.plugins.manager import Plugins
    from blender_core.plugins.named_file import NamedFile

__all__ = ["overrides_in"]

_LOGGER: Final = logging.getLogger(__name__)


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
