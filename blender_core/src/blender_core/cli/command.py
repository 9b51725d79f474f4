"""A function as a command: what all commands have in common.

Typer reads options off a function's signature. The one that it gets has two more, ``--debug`` and
``--log-level``, and in the place of a dataclass of options these options.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Literal

from blender_core.cli.errors import reported
from blender_core.cli.options import flag, option
from blender_core.common.wording import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_Level = Literal["debug", "info", "warning"]
"""From which level on messages are shown."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _CommonOptions:
    debug: Annotated[bool, flag("Show the traceback of an error.", "--debug")] = False
    log_level: Annotated[
        _Level | None,
        option(
            "LEVEL",
            "Tell on standard error what is done: info, of what was read and written, from where "
            "and how fast; or debug, of each input.",
            "--log-level",
        ),
    ] = None


def as_command(function: Callable[..., None]) -> Callable[..., None]:
    """Return a function as a command, which reports what goes wrong in it."""
    own = inspect.signature(function).parameters.values()
    groups: dict[str, Any] = {
        each.name: each.annotation for each in own if dataclasses.is_dataclass(each.annotation)
    }

    @functools.wraps(function)
    def command(**given: Any) -> None:
        common = _taken(_CommonOptions, given)
        with _shown(common.log_level), reported(common.debug, given["as_json"]):
            made = {name: _taken(group, given) for name, group in groups.items()}
            function(**given, **made)

    parameters: list[inspect.Parameter] = []
    for parameter in own:
        group = groups.get(parameter.name)
        parameters += [parameter] if group is None else _options_of(group)
    parameters = [
        each.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for each in (*parameters, *_options_of(_CommonOptions))
    ]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    return command


def _options_of(group: type) -> Iterable[inspect.Parameter]:
    return inspect.signature(group, eval_str=True).parameters.values()


def _taken(group: type[Any], given: dict[str, Any]) -> Any:
    """Take the options of a group out of those that are given."""
    return group(**{each.name: given.pop(each.name) for each in _options_of(group)})


class _StandardError(logging.Handler):
    """Writes to what is standard error at the time: a bar on the terminal may take its place."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(f"{record.levelname.lower()}: {visible(record.getMessage())}\n")


@contextmanager
def _shown(level: _Level | None) -> Iterator[None]:
    """Show messages from a level on, for as long as a command runs."""
    if level is None:
        yield
        return
    logger, handler = logging.getLogger("blender_core"), _StandardError()
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(level.upper())
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
