"""Rules, overrides, rules files and settings of which no plan can be made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core.errors.base import BlenderError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from blender_core.common.provider import Provider


class UnknownRuleError(BlenderError):
    """Attributes have rules that no installed plugin provides.

    Attributes
    ----------
    wanted : dict of str to tuple of str
        Rule name → the attributes that ask for it, as the message names them: by path and
        keyword, with the override that asks for them if one does.
    attribute, keyword : str or None
        Dotted path and FITS keyword of the attribute, if it is one alone.
    provider : Provider or None
        The plugin whose overrides ask for them, if it is one's alone.
    """

    def __init__(
        self,
        message: str,
        *,
        wanted: Mapping[str, Sequence[str]],
        attribute: str | None = None,
        keyword: str | None = None,
        provider: Provider | None = None,
    ) -> None:
        super().__init__(message, attribute=attribute, keyword=keyword, provider=provider)
        self.wanted = {rule: tuple(askers) for rule, askers in wanted.items()}


class PlanError(BlenderError):
    """An attribute cannot have the rule that was chosen for it.

    Attributes
    ----------
    attribute : str
        Dotted path of the attribute.
    keyword : str or None
        Its FITS keyword.
    provider : Provider or None
        The plugin whose override asks for it, or else whose rule it is, as far as it is one's.
    """

    attribute: str

    def __init__(
        self,
        message: str,
        *,
        attribute: str,
        keyword: str | None = None,
        provider: Provider | None = None,
    ) -> None:
        super().__init__(message, attribute=attribute, keyword=keyword, provider=provider)


class UnknownAttributeError(PlanError, KeyError):
    """There is no such attribute.

    Attributes
    ----------
    attribute : str
        The path, keyword or pattern that was given.
    close : tuple of str
        Similar paths or keywords.
    """

    # That of KeyError quotes the message.
    __str__ = Exception.__str__

    def __init__(
        self,
        message: str,
        *,
        attribute: str,
        close: Iterable[str] = (),
        keyword: str | None = None,
        provider: Provider | None = None,
    ) -> None:
        super().__init__(message, attribute=attribute, keyword=keyword, provider=provider)
        self.close = tuple(close)


class AmbiguousAttributeError(PlanError):
    """Several attributes have the keyword that is given for an attribute.

    Attributes
    ----------
    attribute : str
        The keyword, as it was given.
    keyword : str
        The keyword, in capital letters.
    paths : tuple of str
        Dotted paths of the attributes that have it.
    """

    def __init__(
        self,
        message: str,
        *,
        attribute: str,
        paths: Iterable[str],
        provider: Provider | None = None,
    ) -> None:
        super().__init__(message, attribute=attribute, keyword=attribute.upper(), provider=provider)
        self.paths = tuple(paths)


class OverrideConflictError(PlanError):
    """Overrides of the same rank disagree about an attribute.

    Attributes
    ----------
    attribute : str
        Dotted path of the attribute.
    keyword : str or None
        Its FITS keyword.
    sources : tuple of str
        The sources of the overrides.
    providers : tuple of Provider
        The plugins among them; `provider` is the plugin if there is only one source.
    """

    def __init__(
        self,
        message: str,
        *,
        attribute: str,
        sources: Sequence[str],
        providers: Sequence[Provider] = (),
        keyword: str | None = None,
    ) -> None:
        provider = providers[0] if len(sources) == 1 and providers else None
        super().__init__(message, attribute=attribute, keyword=keyword, provider=provider)
        self.sources = tuple(sources)
        self.providers = tuple(providers)


class RulesFileError(BlenderError, ValueError):
    """A rules file cannot be used.

    Plugins that read rules files raise it with a message of their own and what they know of the
    place, or several of them in a `BlendErrorGroup`; the engine adds the file and the plugin.

    Attributes
    ----------
    path : pathlib.Path or None
        The file, once it is known.
    line : int or None
        The line, counted from 1, if there is one to point at.
    column : int or None
        The place in the line, counted from 1, if there is one to point at.
    key : str or None
        The key, if there is one.
    variable : str or None
        The environment variable that names the file, if one does.
    provider : Provider or None
        The plugin that reads the file, if one does: TOML is read by the engine.
    """

    def __init__(
        self,
        message: str,
        *,
        path: Path | None = None,
        line: int | None = None,
        column: int | None = None,
        key: str | None = None,
        variable: str | None = None,
        provider: Provider | None = None,
    ) -> None:
        super().__init__(message, provider=provider)
        self.path = path
        self.line = line
        self.column = column
        self.key = key
        self.variable = variable


class UnknownRulesFileError(RulesFileError):
    """A rules file has an unknown format, and no plugin reads it.

    Attributes
    ----------
    providers : tuple of Provider
        The plugins that were asked.
    """

    def __init__(
        self,
        message: str,
        *,
        path: Path,
        variable: str | None = None,
        providers: Iterable[Provider] = (),
    ) -> None:
        super().__init__(message, path=path, variable=variable)
        self.providers = tuple(providers)


class EnvironmentVariableError(BlenderError, ValueError):
    """An environment variable has a value that is not allowed.

    Attributes
    ----------
    variable : str
        Its name.
    value : str
        Its value.
    allowed : tuple of str
        The allowed values, in upper or lower case.
    """

    def __init__(self, message: str, *, variable: str, value: str, allowed: Sequence[str]) -> None:
        super().__init__(message)
        self.variable = variable
        self.value = value
        self.allowed = tuple(allowed)
