"""The JSON Schema of rules files in TOML, made of what `Override` takes.

Editors complete such files with it. ``rules_file.schema.json`` beside this module is the schema
without the names of rules that are installed, for whoever has no use for a command.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import types
import typing
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from blender_core.plugins.override import SETTINGS, Override
from blender_core.plugins.rule import ENGINE_RULES, Missing
from blender_core.plugins.when import When

if TYPE_CHECKING:
    from collections.abc import Iterable

_SCALARS: Final = {bool: "boolean", int: "integer", float: "number", str: "string"}
_MAY_BE_EMPTY: Final = ("reason", "default", "companions")
# What reads TOML files in editors (taplo 0.9) knows this draft best.
_DRAFT: Final = "http://json-schema.org/draft-07/schema#"
_EXAMPLE: Final = {
    "attribute": "EFFEXPTM",
    "rule": "sum",
    "once_per": ["OBSERVTN", "VISIT", "VISITGRP", "SEQ_ID", "ACT_ID", "EXPOSURE"],
    "when": {"instrument": "MIRI"},
    "reason": "both detectors expose at once",
}


def rules_file_schema(rules: Iterable[str] = ()) -> dict[str, Any]:
    """Return the schema, with names of rules for editors to offer; others are allowed, too."""
    override = _object_of(Override)
    names = [*rules, *ENGINE_RULES]
    override["properties"]["rule"]["anyOf"] = [{"enum": names}, {"type": "string"}]
    override |= {
        "required": ["attribute"],
        "anyOf": [{"required": [name]} for name in ("rule", "record", "column")],
        "dependencies": {name: ["rule"] for name in (*SETTINGS, "blend_from")},
        "not": {"required": ["default", "missing"]},
        "examples": [_EXAMPLE],
    }
    return {
        "$schema": _DRAFT,
        "title": "Rules file of Model Blender",
        "description": "Overrides: which rule an attribute gets in spite of its schema.",
        "type": "object",
        "properties": {
            "override": {
                "type": "array",
                "description": "Each [[override]] is one.",
                "items": override,
            }
        },
        "additionalProperties": False,
    }


def _object_of(kind: type[Any]) -> dict[str, Any]:
    """Return the schema of a table whose keys are the arguments of a class."""
    hints, descriptions = typing.get_type_hints(kind), _descriptions(kind)
    return {
        "type": "object",
        "properties": {
            field.name: {
                **descriptions.get(field.name, {}),
                **_schema_of(hints[field.name], may_be_empty=field.name in _MAY_BE_EMPTY),
            }
            for field in dataclasses.fields(kind)
        },
        "additionalProperties": False,
    }


def _schema_of(hint: Any, *, may_be_empty: bool) -> dict[str, Any]:
    """Return the schema of values of a type; what is None is left out in a file."""
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        kinds = [each for each in typing.get_args(hint) if each is not types.NoneType]
        if Missing in kinds:
            return {"enum": [member.value for member in Missing]}
        if all(each in _SCALARS for each in kinds) and len(kinds) > 1:
            return {"type": [_SCALARS[each] for each in kinds]}
        several = [_schema_of(each, may_be_empty=may_be_empty) for each in kinds]
        return several[0] if len(several) == 1 else {"anyOf": several}
    if origin is tuple:
        item = _schema_of(typing.get_args(hint)[0], may_be_empty=may_be_empty)
        return {"type": "array", "items": item, "minItems": 1}
    if origin is Mapping:
        values = typing.get_args(hint)[1]
        return {
            "type": "object",
            "additionalProperties": values is Any or _schema_of(values, may_be_empty=may_be_empty),
        }
    if hint is When:
        return _object_of(When)
    schema: dict[str, Any] = {"type": _SCALARS[hint]}
    if hint is str and not may_be_empty:
        schema["pattern"] = r"\S"
    return schema


def _descriptions(kind: type[Any]) -> dict[str, dict[str, str]]:
    """Return what the docstring of a class says of its arguments, each in one line."""
    # Python 3.13 takes the indentation off itself, and with -OO there is none at all.
    text = inspect.cleandoc(kind.__doc__ or "")
    section = text.partition("\n\nRaises\n")[0].partition("----------\n")[2]
    entries = re.split(r"^(\w[\w, ]*) : .*$", section, flags=re.MULTILINE)
    texts = dict(zip(entries[1::2], entries[2::2], strict=True))
    return {
        name.strip(): {"description": re.sub(r"``?", "`", " ".join(text.split()))}
        for names, text in texts.items()
        for name in names.split(",")
    }
