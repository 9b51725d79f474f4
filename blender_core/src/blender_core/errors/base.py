"""The root of all errors, and several of them together."""

from __future__ import annotations

import copyreg
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from blender_core.common.advice import Advice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blender_core.common.advice import Argument
    from blender_core.common.provider import Provider


class BlenderError(Exception):
    """The base class of all errors of Model Blender.

    Attributes
    ----------
    attribute : str or None
        Dotted path of the attribute, if there is one.
    keyword : str or None
        Its FITS keyword, if it has one.
    input : str or None
        The name of the input in messages, or of the product that is read, if the error is about
        one: ``input 3 (c_cal.fits)``.
    provider : Provider or None
        The plugin whose rule, override or hook has failed, if there is one.
    """

    # A plugin's error that has an __init__ of its own, and does not call this one, has them, too.
    attribute: str | None = None
    keyword: str | None = None
    input: str | None = None
    provider: Provider | None = None

    def __init__(
        self,
        *args: object,
        attribute: str | None = None,
        keyword: str | None = None,
        input: str | None = None,
        provider: Provider | None = None,
    ) -> None:
        super().__init__(*args)
        self.attribute = attribute
        self.keyword = keyword
        self.input = input
        self.provider = provider

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


@contextmanager
def about_input(name: str) -> Iterator[None]:
    """Have errors say which input, or product, they are about, if they do not say it."""
    try:
        yield
    except BlenderError as fault:
        fault.input = fault.input or name
        raise


def raise_all(message: str, faults: Sequence[BlenderError]) -> None:
    """Raise the faults, if there are any: one alone as it is, several in a group."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise BlendErrorGroup(message, faults)
