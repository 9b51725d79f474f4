"""Where overrides come from: plugins, rules files and the caller."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.attribute_paths import specificity
from blender_core.common.environment import RULES, rules_files
from blender_core.common.wording import preview
from blender_core.plan.assignment import Tier
from blender_core.plan.rules_file import file_name, read_rules_file
from blender_core.plugins.override import Override
from blender_core.schema.lookup import ITSELF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blender_core.plugins.context import Context
    from blender_core.plugins.manager import Plugins
    from blender_core.schema.attributes import Attribute

__all__ = ["CALLER", "OverrideSources", "SourcedOverride"]

CALLER: Final = "the caller"


@dataclass(frozen=True, slots=True)
class SourcedOverride:
    """An override, and whose it is.

    Parameters
    ----------
    override : Override
        The override.
    tier : Tier
        Of which kind its source is.
    source : str
        Who asks for it: a plugin with its distribution and version, a file, or the caller.
    """

    override: Override
    tier: Tier
    source: str


class OverrideSources:
    """All overrides of a blend, of which a plan takes those that hold for its inputs.

    Parameters
    ----------
    plugins : Plugins
        The plugins, which may have some.
    rules : path-like or iterable of path-like, optional
        Rules files. Those that the environment names count as well.
    overrides : mapping of str to str, or iterable of Override, optional
        The caller's own: attributes with the names of their rules, or overrides.
    """

    def __init__(
        self,
        plugins: Plugins,
        rules: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
        overrides: Mapping[str, str] | Iterable[Override] = (),
    ) -> None:
        self._plugins = plugins
        self._offered: dict[tuple[str, str | None], list[SourcedOverride]] = {}
        files = [(path, RULES) for path in rules_files()]
        self._given = [
            SourcedOverride(one, Tier.RULES_FILE, file_name(path, variable))
            for path, variable in [*files, *((path, None) for path in _paths(rules))]
            for one in read_rules_file(path, variable)
        ]
        self._given += (
            SourcedOverride(one, Tier.CALLER, CALLER) for one in _callers_own(overrides)
        )

    def __bool__(self) -> bool:
        return bool(self._given) or self._plugins.have_overrides

    def asked(self, context: Context) -> list[SourcedOverride]:
        """Return the overrides that there are for certain inputs, whether they hold or not."""
        asked = context.model_type, context.instrument
        if asked not in self._offered:
            # Asked once, so that plugins need not be quick where the inputs are of many detectors.
            self._offered[asked] = [
                SourcedOverride(one, Tier.PLUGIN, str(provider))
                for one, provider in self._plugins.overrides(*asked)
            ]
        return self._offered[asked] + self._given

    def holding(self, context: Context) -> list[SourcedOverride]:
        """Return the overrides that hold for certain inputs."""
        return [one for one in self.asked(context) if one.override.when.holds(context)]

    def names(self, attribute: Attribute) -> bool:
        """Tell whether a rules file or the caller means an attribute by its own path or keyword."""
        found = (
            specificity(given.override.attribute, attribute.path, attribute.keyword)
            for given in self._given
        )
        return ITSELF in found

    def idle(self, context: Context) -> tuple[SourcedOverride, ...]:
        """Return the overrides of files and the caller that do not hold for certain inputs."""
        return tuple(one for one in self._given if not one.override.when.holds(context))


def _paths(given: Any) -> Iterator[str | os.PathLike[str]]:
    one = isinstance(given, (str, os.PathLike))
    several = isinstance(given, Iterable) and not isinstance(given, (bytes, Mapping))
    for path in [given] if one or not several else given:
        if not isinstance(path, (str, os.PathLike)):
            msg = f"rules takes the path of a rules file, or several, not {preview(path)}"
            raise TypeError(msg)
        yield path


def _callers_own(given: Any) -> Iterator[Override]:
    if isinstance(given, Override):
        yield given
    elif isinstance(given, Mapping):
        for attribute, rule in given.items():
            if not (isinstance(attribute, str) and isinstance(rule, str)):
                msg = (
                    "overrides is a mapping of attributes to the names of their rules, and has "
                    f"{preview(attribute)}: {preview(rule)}"
                )
                raise TypeError(msg)
            yield Override(attribute=attribute, rule=rule)
    elif isinstance(given, Iterable) and not isinstance(given, str):
        for one in given:
            if not isinstance(one, Override):
                msg = f"overrides takes blender_core.Override objects, not {preview(one)}"
                raise TypeError(msg)
            yield one
    else:
        msg = f"overrides is a mapping of attributes to rules or Overrides, not {preview(given)}"
        raise TypeError(msg)
