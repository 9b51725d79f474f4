"""What a plugin does with the hooks that has no meaning here, found before any of them is used.

pluggy finds some of it as well, and tells it in its own words, of a project of its name; other
slips it passes over, so that a hook would never be called.
"""

from __future__ import annotations

import difflib
import inspect
from types import FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.foreign import type_name
from blender_core.common.wording import join_words, visible
from blender_core.plugins.hookspecs import HOOKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pluggy

_MARK: Final = "@blender_core.hookimpl"
_FUNCTIONS: Final = (FunctionType, MethodType, staticmethod, classmethod)
_BEGINNING: Final = "blender_"
_SLIP: Final = 0.9
"""How much like a hook's a name is that is hardly meant otherwise: ``blender_ruless``."""


def misuses(manager: pluggy.PluginManager, plugin: Any) -> list[str]:
    """Return what is wrong with a plugin's hooks, in words that follow its name."""
    marked: dict[str, dict[str, Mapping[str, Any]]] = {}
    unmarked = []
    for name in dir(plugin):
        if name.startswith("__"):
            continue
        if (options := manager.parse_hookimpl_opts(plugin, name)) is not None:
            marked.setdefault(options.get("specname") or name, {})[name] = options
        elif name.startswith("blender"):
            unmarked.append(name)
    problems = [
        problem for hook, functions in marked.items() for problem in _wrong(plugin, hook, functions)
    ]
    slips = [
        problem
        for name in unmarked
        if (problem := _unmarked(name, inspect.getattr_static(plugin, name), marked))
    ]
    if not marked:
        problems = [f"implements no hook: mark its functions with {_MARK}"]
        if slips:
            problems = [f"{problems[0]}. It {slip}" for slip in slips]
    else:
        problems += slips
    return problems


def _wrong(plugin: Any, hook: str, functions: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Give what is wrong with what implements a hook, or what is to be one."""
    if hook not in HOOKS:
        # pluggy's word for a hook that only other versions of the engine may have.
        if not all(options.get("optionalhook") for options in functions.values()):
            yield f"breaks the hooks' contract: there is no hook {visible(hook)}: {_hint(hook)}"
        return
    if len(functions) > 1:
        yield f"has more than one implementation of {hook}: {', '.join(sorted(functions))}"
        return
    ((name, options),) = functions.items()
    if any(map(options.get, ("tryfirst", "trylast", "wrapper", "hookwrapper"))):
        yield (
            f"asks for a place in the order of calls in {hook}: "
            "tryfirst, trylast and wrappers have no meaning here"
        )
        return
    function = getattr(plugin, name)
    for problem in _wrong_arguments(function, hook, is_class=inspect.isclass(plugin)):
        yield f"breaks the hooks' contract: {visible(name)} {problem}"
    if HOOKS[hook].may_decline and inspect.isgeneratorfunction(inspect.unwrap(function)):
        yield (
            f"breaks the hooks' contract: {visible(name)} is a generator function, which never "
            "returns None, and so takes all that there is: return None, or something iterable"
        )


def _hint(hook: str) -> str:
    # All begin alike, which would make any two of them close.
    by_word = {name.removeprefix(_BEGINNING): name for name in HOOKS}
    word = hook.lower().removeprefix(_BEGINNING)
    close = difflib.get_close_matches(word, by_word, n=1)
    if close:
        return f"did you mean {by_word[close[0]]}?"
    return f"known are {join_words(sorted(HOOKS))}"


def _wrong_arguments(function: Any, hook: str, *, is_class: bool) -> Iterator[str]:
    passed = HOOKS[hook].arguments
    parameters = inspect.signature(function).parameters
    free = [name for name in passed if name not in parameters]
    for name, parameter in parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if name in passed:
            if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD:
                yield f"has {name} behind a * or before a /: write it without"
            continue
        if is_class and name == "self":
            yield "is a method, and the plugin is a class: name an object of it as the plugin"
            return
        close = difflib.get_close_matches(name, free, n=1)
        # One with a value of its own may have a use of its own.
        if close or parameter.default is parameter.empty:
            words = join_words(passed) if passed else "none"
            hint = f"did you mean {close[0]}? It" if close else "it"
            argument = visible(name)
            yield f"has the argument {argument}, which is not passed to it: {hint} can have {words}"


def _unmarked(name: str, thing: Any, marked: Mapping[str, Any]) -> str | None:
    """Return what is wrong with something that is no hook, and is called as one."""
    if name in marked or issubclass(type(thing), ModuleType):
        return None
    is_function = issubclass(type(thing), _FUNCTIONS)
    if name in HOOKS:
        if is_function:
            return f"has a function {name} that is no hook: mark it with {_MARK}"
        return f"has a {type_name(thing)} called {name}: a hook is a function marked with {_MARK}"
    close = difflib.get_close_matches(name, HOOKS, n=1, cutoff=_SLIP)
    if not is_function or not close or close[0] in marked:
        return None
    return (
        f"has a function {visible(name)}, and there is no such hook: did you mean {close[0]}? Then "
        f"mark it with {_MARK}; if not, give it another name"
    )
