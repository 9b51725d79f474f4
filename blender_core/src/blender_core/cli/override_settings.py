"""What a user writes after a rule's name in ``--override``, and how a rules file says it."""

from __future__ import annotations

import dataclasses
import difflib
import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from blender_core.cli.errors import CommandError
from blender_core.plugins.override import Override
from blender_core.plugins.when import When

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blender_core.plugins.rule import Rule

_SETTINGS: Final = frozenset(
    {field.name for field in dataclasses.fields(Override)} - {"attribute", "rule"}
)
_CONDITIONS: Final = frozenset(field.name for field in dataclasses.fields(When))
_LISTS: Final = "once_per"
# sum:once_per=A,B   sum(once_per=A)   std:sum,once_per=A   sum once_per=A;missing=skip
_WITH_SETTINGS: Final = re.compile(r"([^\s:,;(=]+(?::[^\s:,;(=]+)?)[\s:,;(]+(\w+\s*=.*)", re.DOTALL)
_NUMBER: Final = re.compile(r"[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)


def require_no_settings(attribute: str, rule: str) -> None:
    """Refuse settings after a rule's name, and show the lines that say them in a rules file."""
    match = _WITH_SETTINGS.fullmatch(rule)
    if match is None:
        return
    name, settings = match[1], _settings(match[2])
    msg = (
        f"--override takes the name of a rule and no settings of it, such as {next(iter(settings))}"
        ": a rules file does, given with --rules FILE. These are the lines for one that ends in "
        ".toml:"
    )
    lines = [
        "[[override]]",
        f"attribute = {json.dumps(attribute, ensure_ascii=False)}",
        f"rule = {json.dumps(name, ensure_ascii=False)}",
        *_lines(settings, _installed_rule(name)),
    ]
    raise CommandError(msg, lines)


def _settings(text: str) -> dict[str, list[str]]:
    """Return the words that stand for each setting."""
    pairs = "=".join(part.strip() for part in text.rstrip().removesuffix(")").split("="))
    settings: dict[str, list[str]] = {}
    words: list[str] = []
    for word in re.split(r"[\s,;:]+", pairs):
        key, is_pair, first = word.partition("=")
        if is_pair:
            words = settings[key] = []
        words.append(first if is_pair else word)
    return {key: [word for word in words if word] for key, words in settings.items()}


def _lines(settings: dict[str, list[str]], rule: Rule | None) -> Iterator[str]:
    tables: dict[str, dict[str, Any]] = {}
    for key, words in settings.items():
        if key in _SETTINGS:
            yield f"{key} = {_toml(_value(key, words))}"
        elif key in _CONDITIONS:
            tables.setdefault("when", {})[key] = _names(words)
        elif rule is not None and key in rule.companions:
            tables.setdefault("companions", {})[key] = _plain(words)
        elif close := _close(key, rule):
            yield f"{close} = {_toml(_value(close, words))}"
        else:
            tables.setdefault("parameters", {})[key] = _value(key, words)
    for key, table in tables.items():
        pairs = ", ".join(f"{name} = {_toml(value)}" for name, value in table.items())
        yield f"{key} = {{ {pairs} }}"


def _close(key: str, rule: Rule | None) -> str:
    """Return the setting that a misspelt one is meant for; empty if it may be a parameter."""
    if rule is not None and key in rule.parameters:
        return ""
    return next(iter(difflib.get_close_matches(key, sorted(_SETTINGS), n=1)), "")


def _value(key: str, words: list[str]) -> Any:
    if key == _LISTS:
        return _names(words)
    text = " ".join(words)
    plain = _plain(words)
    if plain != text:  # it is in quotes
        return plain
    if plain.lower() in ("true", "false"):
        return plain.lower() == "true"
    return json.loads(plain.removeprefix("+")) if _NUMBER.fullmatch(plain) else plain


def _names(words: list[str]) -> str | list[str]:
    names = [name for word in words if (name := word.strip("[](){}\"'"))]
    return names[0] if len(names) == 1 else names


def _plain(words: list[str]) -> str:
    return " ".join(words).strip("\"'")


def _toml(value: Any) -> str:
    # Texts, numbers, booleans and lists of texts are written in TOML as in JSON.
    return json.dumps(value, ensure_ascii=False)


def _installed_rule(name: str) -> Rule | None:
    """Return what is known of a rule: the lines are there, too, if it cannot be known."""
    from blender_core.errors import BlenderError
    from blender_core.plugins.manager import Plugins
    from blender_core.plugins.registry import Registry

    with suppress(BlenderError):
        registry = Registry(Plugins.discover().rules())
        return registry[name].rule if name in registry else None
    return None
