"""What is wrong with plugins, rules files and overrides, before any value is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core.errors.root import BlenderError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from blender_core.provider import Provider

__all__ = [
    "EnvironmentVariableError",
    "OverrideConflictError",
    "PlanError",
    "PluginError",
    "RuleConflictError",
    "RulesFileError",
    "UnknownAttributeError",
    "UnknownRuleError",
]


class PluginError(BlenderError):
    """A plugin cannot be used.

    Attributes
    ----------
    provider : Provider
        The plugin, with its distribution and version.
    """

    def __init__(self, message: str, *, provider: Provider) -> None:
        super().__init__(message)
        self.provider = provider


class RuleConflictError(BlenderError):
    """One rule name, several providers, and no word on which of them is meant.

    Attributes
    ----------
    name : str
        The name of the rule.
    providers : tuple of Provider
        Who offers it.
    """

    def __init__(self, message: str, *, name: str, providers: Sequence[Provider]) -> None:
        super().__init__(message)
        self.name = name
        self.providers = tuple(providers)


class UnknownRuleError(BlenderError):
    """Attributes ask for rules that no installed plugin offers.

    Attributes
    ----------
    wanted : dict of str to tuple of str
        Rule name → the attributes that ask for it, as the message names them: by path and
        keyword, with the override that asks for them if one does.
    """

    def __init__(self, message: str, *, wanted: Mapping[str, Sequence[str]]) -> None:
        super().__init__(message)
        self.wanted = {rule: tuple(askers) for rule, askers in wanted.items()}


class PlanError(BlenderError):
    """An attribute cannot get the rule it asks for.

    Attributes
    ----------
    attribute : str
        Dotted path of the attribute.
    """

    def __init__(self, message: str, *, attribute: str) -> None:
        super().__init__(message)
        self.attribute = attribute


class UnknownAttributeError(PlanError):
    """An attribute is meant that there is not.

    Attributes
    ----------
    attribute : str
        What stands for the attribute: a path, a keyword, or a pattern.
    """


class OverrideConflictError(PlanError):
    """Overrides of one rank want different things of an attribute.

    Attributes
    ----------
    attribute : str
        Dotted path of the attribute.
    sources : tuple of str
        Whose overrides they are.
    """

    def __init__(self, message: str, *, attribute: str, sources: Sequence[str]) -> None:
        super().__init__(message, attribute=attribute)
        self.sources = tuple(sources)


class RulesFileError(BlenderError, ValueError):
    """A rules file cannot be used.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    line : int or None
        The line, counted from 1, if there is one to point at.
    key : str or None
        The key, if it is about one.
    variable : str or None
        The environment variable that names the file, if one does.
    """

    def __init__(
        self,
        message: str,
        *,
        path: Path,
        line: int | None = None,
        key: str | None = None,
        variable: str | None = None,
    ) -> None:
        super().__init__(message)
        self.path = path
        self.line = line
        self.key = key
        self.variable = variable


class EnvironmentVariableError(BlenderError, ValueError):
    """An environment variable says something that it cannot say.

    Attributes
    ----------
    variable : str
        Its name.
    value : str
        What it says.
    allowed : tuple of str
        What it can say, in any case of the letters.
    """

    def __init__(self, message: str, *, variable: str, value: str, allowed: Sequence[str]) -> None:
        super().__init__(message)
        self.variable = variable
        self.value = value
        self.allowed = tuple(allowed)
