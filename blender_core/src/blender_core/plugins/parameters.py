"""The parameters of a rule, as the signature of its function says them."""

from __future__ import annotations

import inspect
import types
import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.foreign import tried
from blender_core.common.wording import preview

if TYPE_CHECKING:
    from collections.abc import Callable

_REQUIRED: Final = inspect.Parameter.empty
_BY_NAME: Final = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
_BY_PLACE: Final = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL,
)
# An integer does where a float is asked for, as in Python's own type hints.
_ACCEPTED: Final[dict[type, tuple[type, ...]]] = {float: (float, int)}
_CHECKED: Final = frozenset({bool, int, float, str, type(None)})


@dataclass(frozen=True, slots=True)
class Parameter:
    """What an override can tell a rule.

    `kinds` are the types that its value may have; None if the function does not say, or says
    something else than plain types.
    """

    name: str
    default: Any = _REQUIRED
    kinds: tuple[type, ...] | None = None

    def __str__(self) -> str:
        kinds = "" if self.kinds is None else f": {self.type_label}"
        equals = " = " if kinds else "="
        default = "" if self.default is _REQUIRED else f"{equals}{preview(self.default)}"
        return f"{self.name}{kinds}{default}"

    @property
    def type_label(self) -> str:
        """The types in words: ``float | None``; empty if they are not known."""
        kinds = self.kinds or ()
        return " | ".join("None" if kind is type(None) else kind.__name__ for kind in kinds)

    def accepts(self, value: Any) -> bool:
        """Tell whether a value is of a type that the function takes."""
        return self.kinds is None or any(
            type(value) in _ACCEPTED.get(kind, (kind,)) for kind in self.kinds
        )


def parameters_of(blend: Callable[..., Any], names: tuple[str, ...]) -> dict[str, Parameter]:
    """Return the parameters of a rule's function, in the order of their names."""
    taken = _signature(blend) or {}
    return {
        name: Parameter(name, taken[name].default, _kinds(taken[name].annotation, blend))
        if name in taken
        else Parameter(name)
        for name in names
    }


def problem_with_call(
    blend: Callable[..., Any], companions: tuple[str, ...], parameters: tuple[str, ...]
) -> str | None:
    """Return why a blend cannot call a rule's function; None if it can."""
    taken = _signature(blend)
    if taken is None:
        return None
    first = next(iter(taken.values()), None)
    if first is None or first.kind not in _BY_PLACE:
        return "it takes no values: they are its first argument, given by place"
    if first.kind is not inspect.Parameter.VAR_POSITIONAL:
        del taken[first.name]
    takes_any_name = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in taken.values())
    roles = [(name, "companion") for name in companions] + [
        (name, "parameter") for name in parameters
    ]
    for name, role in roles:
        parameter = taken.pop(name, None)
        if parameter is None or parameter.kind not in _BY_NAME:
            if not takes_any_name:
                return f"it takes no argument {preview(name)} by name, which is a {role}"
        elif role == "parameter" and parameter.default is _REQUIRED:
            return f"its parameter {name!r} has no default, and an override need not give one"
    for name, parameter in taken.items():
        is_needed = parameter.kind in (*_BY_NAME, inspect.Parameter.POSITIONAL_ONLY)
        if is_needed and parameter.default is _REQUIRED:
            return f"it needs {name!r}, which is neither a companion nor a parameter"
    return None


def _signature(blend: Callable[..., Any]) -> dict[str, inspect.Parameter] | None:
    """Return what a function takes; None where that is not told, as of some of Python's own."""
    return tried(lambda: dict(inspect.signature(blend).parameters), fallback=None)


def _kinds(annotation: Any, blend: Callable[..., Any]) -> tuple[type, ...] | None:
    """Return the plain types that an annotation stands for; None if it is anything else."""
    if annotation is _REQUIRED:
        return None
    holder = types.SimpleNamespace(__annotations__={"parameter": annotation})
    names = getattr(inspect.unwrap(blend), "__globals__", {})
    try:
        # One annotation at a time: others may be of types that are imported by checkers only.
        hint = typing.get_type_hints(holder, globalns=names)["parameter"]
    except Exception:  # noqa: BLE001  # a text that is no type
        return None
    hints = (
        typing.get_args(hint)
        if typing.get_origin(hint) in (typing.Union, types.UnionType)
        else (hint,)
    )
    # Some hints have no hash.
    return hints if all(any(each is kind for kind in _CHECKED) for each in hints) else None
