"""Every exception and warning of Model Blender.

A message says what is wrong, where (attribute, keyword, input), who (distribution and version)
and what to do about it. The same facts are attributes of the exception, for programs: nobody has to
read them out of the message.
"""

from __future__ import annotations

import copyreg
import inspect
import warnings
from typing import TYPE_CHECKING, Any

from blender_core.common.advice import Advice, leave_out
from blender_core.common.wording import InputLabel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from blender_core.common.advice import Argument
    from blender_core.common.provider import Provider

__all__ = [
    "AmbiguousAttributeError",
    "AmendError",
    "AssociationProductError",
    "BlendErrorGroup",
    "BlendWarning",
    "BlenderError",
    "ColumnWarning",
    "EnvironmentVariableError",
    "ExecutorError",
    "ExpansionError",
    "InputError",
    "InvalidValueError",
    "MixedModelTypesError",
    "NoInputsError",
    "NotADatamodelError",
    "OutputError",
    "OutputExistsError",
    "OverrideConflictError",
    "PlanError",
    "PluginCheckError",
    "PluginError",
    "ReaderConflictError",
    "RemoteError",
    "RuleCheckError",
    "RuleConflictError",
    "RuleError",
    "RulesFileError",
    "TableError",
    "UnknownAttributeError",
    "UnknownInputError",
    "UnknownRuleError",
    "UnknownRulesFileError",
    "raise_all",
    "warn",
    "warn_again",
]


class BlenderError(Exception):
    """Root of all errors that Model Blender raises on purpose.

    Attributes
    ----------
    attribute : str or None
        Dotted path of the attribute, if it is about one.
    keyword : str or None
        Its FITS keyword, if it has one.
    input : str or None
        What the input is called, if it is about one: ``input 3 (c_cal.fits)``.
    provider : Provider or None
        Whose rule, override or hook it is about, if it is about one's.
    """

    attribute: str | None = None
    keyword: str | None = None
    input: str | None = None
    provider: Provider | None = None

    @property
    def advice(self) -> Advice:
        """The message; the arguments that it advises to pass are objects in it."""
        message = self.args[0] if self.args else ""
        return message if isinstance(message, Advice) else Advice(str(self))

    @property
    def remedies(self) -> tuple[Argument, ...]:
        """The arguments that the message advises to pass: ``overwrite=True``."""
        return self.advice.arguments

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are rebuilt by a call with their positional arguments, which fails for those
        # that require others by keyword. It would break a pool of processes.
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__ or None  # type: ignore[attr-defined]


class BlendErrorGroup(BlenderError, ExceptionGroup[BlenderError]):  # noqa: N818  # as ExceptionGroup
    """Several faults of one blend, reported together.

    Attributes
    ----------
    exceptions : tuple of BlenderError
        The faults, in the order in which they were found.
    """

    def derive(self, excs: Sequence[BlenderError]) -> BlendErrorGroup:  # type: ignore[override]
        """Return a group of the same kind, as ``except*`` asks for."""
        return BlendErrorGroup(self.message, excs)

    @property
    def advice(self) -> Advice:
        """The messages of all faults."""
        parts: list[str | Argument] = [f"{self.message}:"]
        for fault in self.exceptions:
            advice = fault.advice if isinstance(fault, BlenderError) else Advice(str(fault))
            parts.append("\n- ")
            parts += (
                part.replace("\n", "\n  ") if isinstance(part, str) else part
                for part in advice.parts
            )
        return Advice(*parts)

    def __str__(self) -> str:
        return str(self.advice)


class BlendWarning(UserWarning):
    """Something that a blend could not do as asked, and did without.

    Attributes
    ----------
    label : str or None
        What the input is called that it is about, if it is about one: ``input 3 (c_cal.fits)``.
    name : str or None
        The name of its file, if it has one.
    problem : str
        What is wrong, without the input: the same of many inputs is the same.
    """

    def __init__(self, message: str, *, label: str | None = None, problem: str = "") -> None:
        super().__init__(message)
        self.label = label
        self.name = label.name if isinstance(label, InputLabel) else None
        self.problem = problem or message


class ColumnWarning(BlendWarning):
    """Two attributes want the same column, as the check of the plan finds, too."""


def raise_all(message: str, faults: Sequence[BlenderError]) -> None:
    """Raise the faults, if there are any: one alone as it is, several in a group."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise BlendErrorGroup(message, faults)


def warn(
    message: str,
    category: type[BlendWarning] = BlendWarning,
    *,
    label: str | None = None,
    problem: str = "",
) -> None:
    """Issue a `BlendWarning` that points at the code that asked for the blend.

    If it is about an input, it takes what the message calls it, and what it says of it.
    """
    warn_again(category(message, label=label, problem=problem))


def warn_again(warning: Warning) -> None:
    """Issue a warning, which may be one of another process, in the same way."""
    package = __name__.partition(".")[0]
    level, frame = 1, inspect.currentframe()
    while frame and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        level, frame = level + 1, frame.f_back
    warnings.warn(warning, stacklevel=level)


class PluginError(BlenderError):
    """A plugin cannot be used. The message ends with how to be without it.

    Attributes
    ----------
    provider : Provider
        The plugin, with its distribution and version.
    """

    provider: Provider

    def __init__(self, message: str, *, provider: Provider, remedy: Advice | None = None) -> None:
        if remedy is None:
            remedy = Advice("Repair or uninstall it, or ", leave_out(provider.plugin), ".")
        super().__init__(Advice(message, "\n", remedy))
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
    keyword : str or None
        Its FITS keyword.
    """

    attribute: str

    def __init__(self, message: str, *, attribute: str, keyword: str | None = None) -> None:
        super().__init__(message)
        self.attribute = attribute
        self.keyword = keyword


class UnknownAttributeError(PlanError, KeyError):
    """An attribute is meant that there is not.

    Attributes
    ----------
    attribute : str
        What stands for the attribute: a path, a keyword, or a pattern.
    close : tuple of str
        Paths or keywords that may be meant, as far as any is like it.
    """

    # That of KeyError quotes the message.
    __str__ = Exception.__str__

    def __init__(self, message: str, *, attribute: str, close: Iterable[str] = ()) -> None:
        super().__init__(message, attribute=attribute)
        self.close = tuple(close)


class AmbiguousAttributeError(PlanError):
    """A keyword is given where an attribute is meant, and several have it.

    Attributes
    ----------
    attribute : str
        The keyword.
    paths : tuple of str
        Dotted paths of the attributes that have it.
    """

    def __init__(self, message: str, *, attribute: str, paths: Iterable[str]) -> None:
        super().__init__(message, attribute=attribute)
        self.paths = tuple(paths)


class OverrideConflictError(PlanError):
    """Overrides of one rank want different things of an attribute.

    Attributes
    ----------
    attribute : str
        Dotted path of the attribute.
    keyword : str or None
        Its FITS keyword.
    sources : tuple of str
        Whose overrides they are.
    """

    def __init__(
        self,
        message: str,
        *,
        attribute: str,
        sources: Sequence[str],
        keyword: str | None = None,
    ) -> None:
        super().__init__(message, attribute=attribute, keyword=keyword)
        self.sources = tuple(sources)


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
        The key, if it is about one.
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
        super().__init__(message)
        self.path = path
        self.line = line
        self.column = column
        self.key = key
        self.variable = variable
        self.provider = provider


class UnknownRulesFileError(RulesFileError):
    """A rules file is of no format that is known, and no plugin takes it.

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


class InputError(BlenderError):
    """An input, or the product, cannot be blended."""


class UnknownInputError(InputError):
    """An input is a file of no kind that is known, and no plugin takes it."""


class RemoteError(InputError):
    """An input that is named by a URL cannot be had.

    Attributes
    ----------
    url : str
        Its URL, without passwords and signatures.
    status : int or None
        What the server answered, by the numbers of HTTP, if it did.
    """

    def __init__(self, message: str, *, url: str, status: int | None = None) -> None:
        super().__init__(message)
        self.url = url
        self.status = status


class ReaderConflictError(BlenderError):
    """More than one plugin takes an input, or a rules file.

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


class NoInputsError(InputError, ValueError):
    """There is nothing to blend."""


class NotADatamodelError(InputError, TypeError):
    """An input or the product is not a datamodel, nor anything else that is known."""


class MixedModelTypesError(InputError, ValueError):
    """The inputs are not all of one model type."""


class AssociationProductError(InputError, ValueError):
    """It is not clear which of an association's products is blended.

    Attributes
    ----------
    products : tuple of str
        The names of the association's products.
    """

    def __init__(self, message: str, *, products: Sequence[str]) -> None:
        super().__init__(message)
        self.products = tuple(products)


class ExpansionError(InputError):
    """A product cannot be expanded into the rows of its HDRTAB.

    Attributes
    ----------
    column : str or None
        Name of the column, if it is about one.
    attribute : str or None
        Dotted path of the attribute, if it is about one.
    """

    def __init__(
        self, message: str, *, column: str | None = None, attribute: str | None = None
    ) -> None:
        super().__init__(message)
        self.column = column
        self.attribute = attribute


class ExecutorError(BlenderError):
    """The executor that inputs were given to could not have them read. None of them is added.

    What it raised is the cause.

    Attributes
    ----------
    numbers : tuple of int
        Of the inputs that were being read, the numbers of the first and the last, counted from 1.
    """

    def __init__(self, message: str, *, numbers: tuple[int, int]) -> None:
        super().__init__(message)
        self.numbers = numbers


class AmendError(InputError):
    """A product cannot be amended, because its own table does not tell what that needs.

    Attributes
    ----------
    attributes : tuple of str
        Dotted paths of the attributes that are lacking, sorted; empty if there is no table.
    """

    def __init__(self, message: str, *, attributes: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.attributes = tuple(sorted(attributes))


class RuleError(BlenderError, ValueError):
    """A rule cannot make a value of what the inputs have.

    Rules raise it with a message of their own; the blend adds the attribute, the rule, its
    provider and the values.

    Attributes
    ----------
    attribute, keyword : str or None
        Dotted path and FITS keyword of the attribute, once it is known.
    rule : str or None
        Name of the rule, once it is known.
    provider : Provider or None
        Who offers the rule, once it is known.
    """

    def __init__(
        self,
        message: str,
        *,
        attribute: str | None = None,
        rule: str | None = None,
        provider: Provider | None = None,
        keyword: str | None = None,
    ) -> None:
        super().__init__(message)
        self.attribute = attribute
        self.keyword = keyword
        self.rule = rule
        self.provider = provider


class RuleCheckError(BlenderError, AssertionError):
    """A rule is not what a rule must be. Its author's tests find that out.

    Attributes
    ----------
    rule : str
        Name of the rule.
    problems : tuple of str
        All that is wrong with it.
    """

    def __init__(self, message: str, *, rule: str, problems: Sequence[str]) -> None:
        super().__init__(message)
        self.rule = rule
        self.problems = tuple(problems)


class PluginCheckError(BlenderError, AssertionError):
    """Overrides, a reader or a product of a plugin are not what they must be.

    Its author's tests find that out.

    Attributes
    ----------
    provider : Provider
        Whose plugin it is.
    problems : tuple of str
        All that is wrong.
    """

    def __init__(self, message: str, *, provider: Provider, problems: Sequence[str]) -> None:
        super().__init__(message)
        self.provider = provider
        self.problems = tuple(problems)


class InvalidValueError(BlenderError, ValueError):
    """The schema of the product forbids a blended value, and its validation is strict.

    Attributes
    ----------
    attribute : str
        Dotted path of the attribute.
    keyword : str or None
        Its FITS keyword.
    value : object
        The value that the schema forbids.
    """

    attribute: str

    def __init__(
        self, message: str, *, attribute: str, value: Any, keyword: str | None = None
    ) -> None:
        super().__init__(message)
        self.attribute = attribute
        self.keyword = keyword
        self.value = value


class TableError(BlenderError, ValueError):
    """An input's value cannot be kept in a FITS table.

    Attributes
    ----------
    attribute : str
        Dotted path of the attribute.
    keyword : str or None
        Its FITS keyword.
    column : str
        Name of the column.
    """

    attribute: str

    def __init__(
        self, message: str, *, attribute: str, column: str, keyword: str | None = None
    ) -> None:
        super().__init__(message)
        self.attribute = attribute
        self.keyword = keyword
        self.column = column


class OutputError(BlenderError):
    """A product cannot be written where it is to go.

    Attributes
    ----------
    path : Path
        Where it was to go.
    errno : int or None
        The system's number for what is wrong, such as `errno.ENOSPC`, if it was the system.
    """

    def __init__(self, message: str, *, path: Path, errno: int | None = None) -> None:
        super().__init__(message)
        self.path = path
        self.errno = errno


class OutputExistsError(OutputError):
    """There is a file where a product is to go, and it is not to be overwritten."""
