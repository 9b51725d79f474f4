"""Plugins that cannot be used, that contradict each other, or fail the tests of their authors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core.common.advice import Advice, leave_out
from blender_core.errors.base import BlenderError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.common.provider import Provider


class PluginError(BlenderError):
    """A plugin cannot be used. The message says how to leave it out.

    Attributes
    ----------
    provider : Provider
        The plugin, with its distribution and version.
    """

    provider: Provider

    def __init__(self, message: str, *, provider: Provider, remedy: Advice | None = None) -> None:
        if remedy is None:
            remedy = Advice("Repair or uninstall it, or ", leave_out(provider.plugin), ".")
        super().__init__(Advice(message, "\n", remedy), provider=provider)


class RuleConflictError(BlenderError):
    """Several plugins have a rule of the same name, and none replaces the others.

    Attributes
    ----------
    name : str
        The name of the rule.
    providers : tuple of Provider
        The plugins with such a rule.
    """

    def __init__(self, message: str, *, name: str, providers: Sequence[Provider]) -> None:
        super().__init__(message)
        self.name = name
        self.providers = tuple(providers)


class ReaderConflictError(BlenderError):
    """More than one plugin accepts an input, a product or a rules file.

    Attributes
    ----------
    what : str
        What the input is to the blend, or the file.
    providers : tuple of Provider
        Who takes it.
    """

    def __init__(self, message: str, *, what: str, providers: Sequence[Provider]) -> None:
        super().__init__(message)
        self.what = what
        self.providers = tuple(providers)


class RuleCheckError(BlenderError, AssertionError):
    """A check of a rule has found problems. `blender_core.testing.check_rule` raises it.

    Attributes
    ----------
    rule : str
        Name of the rule.
    problems : tuple of str
        All problems.
    """

    def __init__(self, message: str, *, rule: str, problems: Sequence[str]) -> None:
        super().__init__(message)
        self.rule = rule
        self.problems = tuple(problems)


class PluginCheckError(BlenderError, AssertionError):
    """A check of the overrides, a reader or a product of a plugin has found problems.

    The functions of ``blender_core.testing`` raise it.

    Attributes
    ----------
    provider : Provider
        Whose plugin it is.
    problems : tuple of str
        All problems.
    """

    def __init__(self, message: str, *, provider: Provider, problems: Sequence[str]) -> None:
        super().__init__(message, provider=provider)
        self.problems = tuple(problems)
