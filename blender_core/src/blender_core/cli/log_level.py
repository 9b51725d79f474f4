"""The option ``--log-level``: the library's messages, on standard error."""

from __future__ import annotations

import enum
import functools
import inspect
import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

from blender_core.cli.options import option
from blender_core.common.wording import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["LogLevel", "logged"]


class LogLevel(enum.Enum):
    """From which level on messages are shown."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"


_Option = Annotated[
    LogLevel | None,
    option(
        "LEVEL",
        "Tell on standard error what is done: info, of what was read and written, from where and "
        "how fast; or debug, of each input.",
        "--log-level",
    ),
]


def logged(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that has the option, too: typer reads options off the signature."""

    @functools.wraps(command)
    def run(*arguments: Any, log_level: LogLevel | None = None, **settings: Any) -> None:
        with _shown(log_level):
            command(*arguments, **settings)

    signature = inspect.signature(command)
    parameter = inspect.Parameter(
        "log_level", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_Option
    )
    parameters = [*signature.parameters.values(), parameter]
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {**command.__annotations__, "log_level": _Option}
    return run


class _StandardError(logging.Handler):
    """Writes to what is standard error at the time: a bar on the terminal may take its place."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(f"{record.levelname.lower()}: {visible(record.getMessage())}\n")


@contextmanager
def _shown(level: LogLevel | None) -> Iterator[None]:
    """Show messages from a level on, for as long as a command runs."""
    if level is None:
        yield
        return
    logger, handler = logging.getLogger("blender_core"), _StandardError()
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(level.name)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
