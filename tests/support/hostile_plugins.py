"""Plugins that do harm: what their code can raise, and everywhere that it is touched.

`KINDS` are functions that raise. `PLACES` are functions that make a plugin of one of these, which
raises at one place. `CATALOGUE` has each place with each kind.
"""

import enum
import itertools
import sys
from collections.abc import Mapping
from types import ModuleType

import numpy as np

from blender_core import (
    BlendErrorGroup,
    Gives,
    InputError,
    Missing,
    Override,
    Rule,
    RuleError,
    RulesFileError,
    Source,
    hookimpl,
)

SCHEMA = {
    "properties": {
        "meta": {
            "properties": {
                "exptime": {
                    "type": "number",
                    "fits_keyword": "EXPTIME",
                    "blend_rule": "sum",
                    "blend_table": True,
                },
                "filter": {"type": "string", "fits_keyword": "FILTER", "blend_rule": "multi"},
                "free": {"fits_keyword": "FREE", "blend_rule": "first", "blend_table": True},
            }
        }
    }
}


class OwnBaseError(BaseException):
    pass


class WordlessError(Exception):
    def __str__(self):  # noqa: PLE0307
        sys.exit(0)

    __repr__ = __str__


class KeylessError(Exception):
    def __hash__(self):
        raise SystemExit(0)

    def __eq__(self, other):
        raise SystemExit(0)


class CauselessError(Exception):
    @property
    def __cause__(self):
        raise SystemExit(0)

    @property
    def __context__(self):
        raise SystemExit(0)

    @property
    def __traceback__(self):
        raise SystemExit(0)


class Meta(type):
    @property
    def __name__(cls):
        raise SystemExit(0)


class NamelessError(Exception, metaclass=Meta):
    pass


def _raiser(make):
    def raise_it(*_args, **_kwargs):
        raise make()

    return raise_it


def _recursion(*_args, **_kwargs):
    return _recursion()


def _memory(*_args, **_kwargs):
    return [0] * sys.maxsize


def _thrown(*_args, **_kwargs):
    return (_ for _ in ()).throw(KeyboardInterrupt)


def _while_handling(*_args, **_kwargs):
    try:
        raise KeyboardInterrupt
    finally:
        sys.exit(0)


KINDS = {
    "exit": _raiser(lambda: SystemExit(0)),
    "exit-without": _raiser(SystemExit),
    "sys.exit": lambda *_args, **_kwargs: sys.exit("no licence"),
    "interrupt": _raiser(KeyboardInterrupt),
    "interrupt-thrown": _thrown,
    "interrupt-exit": _while_handling,
    "generator-exit": _raiser(GeneratorExit),
    "recursion": _recursion,
    "memory": _memory,
    "memory-error": _raiser(MemoryError),
    "division": lambda *_args, **_kwargs: 1 / 0,
    "key": _raiser(lambda: KeyError("lost")),
    "stop": _raiser(StopIteration),
    "attribute": _raiser(lambda: AttributeError("lost")),
    "type": _raiser(lambda: TypeError("wrong")),
    "system": _raiser(lambda: SystemError("broken")),
    "base": _raiser(lambda: OwnBaseError("own")),
    "group": _raiser(lambda: BaseExceptionGroup("several", [SystemExit(0), KeyboardInterrupt()])),
    "warning": _raiser(lambda: UserWarning("a warning")),
    "rule-error": _raiser(lambda: RuleError("refused")),
    "input-error": _raiser(lambda: InputError(WordlessError())),
    "wordless": _raiser(WordlessError),
    "keyless": _raiser(KeylessError),
    "causeless": _raiser(CauselessError),
    "nameless": _raiser(NamelessError),
    "long": _raiser(lambda: ValueError("x" * 10_000_000)),
}


def hostile(raise_it, *methods, base=object, arguments=()):
    """Return an object whose methods raise."""
    members = {
        name: property(raise_it) if name in ("__class__", "__dict__") else raise_it
        for name in methods
    }
    return type("Hostile", (base,), members)(*arguments)


class RulesPlugin:
    def __init__(self, answer):
        self.answer = answer

    @hookimpl
    def blender_rules(self):
        return self.answer()


class OverridesPlugin:
    def __init__(self, answer):
        self.answer = answer

    @hookimpl
    def blender_overrides(self):
        return self.answer()


class RulesFilePlugin(OverridesPlugin):
    @hookimpl
    def blender_overrides(self):
        return []

    @hookimpl
    def blender_rules_file(self):
        return self.answer()


class ReaderPlugin:
    def __init__(self, answer):
        self.answer = answer

    @hookimpl
    def blender_open(self, given, what):
        return self.answer(given, what) if isinstance(given, dict) else None


class DictSource(Source):
    model_type = "dict"
    schema = SCHEMA

    def __init__(self, given, what):
        self.given, self.what = given, what

    def read(self, layout):
        return [self.given.get(attribute.keyword) for attribute in layout.attributes]


PLACES = {}


def place(function):
    PLACES[function.__name__] = function
    return function


def rule(blend, **settings):
    settings = {"name": "hostile", "summary": "Does harm.", "gives": Gives.INPUT, **settings}
    made = Rule(blend=blend, **settings)
    asks = Override(attribute="EXPTIME", rule="hostile")

    class Both(RulesPlugin):
        @hookimpl
        def blender_overrides(self):
            return [asks]

    return Both(lambda: [made])


def source(**members):
    """Return a plugin whose sources have other members."""

    def make(given, what):
        made = type("HostileSource", (DictSource,), {})(given, what)
        for name, member in members.items():
            setattr(type(made), name, member)
        return made

    return ReaderPlugin(make)


def giving(value):
    """Return a plugin whose sources have a value for each attribute that nobody can want."""
    return source(read=lambda _, layout: [value() for _ in layout.attributes])


# What is loaded and registered.


@place
def plugin_attributes(raise_it):
    return type("Plugin", (), {"__getattribute__": raise_it})()


@place
def plugin_dir(raise_it):
    return type("Plugin", (RulesPlugin,), {"__dir__": raise_it})(list)


@place
def plugin_property(raise_it):
    return type("Plugin", (RulesPlugin,), {"other": property(raise_it)})(list)


@place
def plugin_equality(raise_it):
    return type("Plugin", (RulesPlugin,), {"__eq__": raise_it, "__hash__": raise_it})(list)


@place
def plugin_module_attribute(raise_it):
    module = ModuleType("hostile_module")
    module.__getattr__ = raise_it
    module.other = hostile(raise_it, "__class__", "__repr__", "__eq__", "__getattribute__")
    return module


# What hooks do and give.


@place
def rules_hook(raise_it):
    return RulesPlugin(raise_it)


@place
def rules_generator(raise_it):
    def answer():
        yield Rule(name="fine", blend=max, summary=".")
        raise_it()

    return RulesPlugin(answer)


@place
def rules_iter(raise_it):
    return RulesPlugin(lambda: hostile(raise_it, "__iter__"))


@place
def rules_next(raise_it):
    return RulesPlugin(lambda: type("It", (), {"__iter__": lambda i: i, "__next__": raise_it})())


@place
def rules_answer_class(raise_it):
    return RulesPlugin(lambda: hostile(raise_it, "__class__", "__repr__", "__iter__"))


@place
def rules_element_class(raise_it):
    return RulesPlugin(lambda: [hostile(raise_it, "__class__", "__repr__")])


@place
def rules_element_everything(raise_it):
    return RulesPlugin(lambda: [hostile(raise_it, *EVERYTHING)])


@place
def rules_element_metaclass(raise_it):
    meta = type("M", (type,), {"__name__": property(raise_it), "__repr__": raise_it})
    return RulesPlugin(lambda: [meta("X", (), {"__repr__": raise_it})(), meta])


@place
def rules_subclass(raise_it):
    def answer():
        made = type("Own", (Rule,), {})(name="mine", blend=max, summary=".")
        type(made).name = property(raise_it)
        return [made]

    return RulesPlugin(answer)


@place
def rules_subclass_later(raise_it):
    class Later(Rule):
        n = 0

        def __getattribute__(self, name):
            type(self).n += 1
            return raise_it() if type(self).n > 60 else super().__getattribute__(name)

    return RulesPlugin(lambda: [Later(name="mine", blend=max, summary=".")])


@place
def rules_tampered(raise_it):
    made = Rule(name="mine", blend=max, summary=".")
    object.__setattr__(made, "name", hostile(raise_it, *EVERYTHING, base=str, arguments=("mine",)))
    object.__setattr__(made, "companions", hostile(raise_it, "__iter__", "__len__", base=tuple))
    return RulesPlugin(lambda: [made])


@place
def rules_names(raise_it):
    text = hostile(raise_it, *EVERYTHING, base=str, arguments=("mine",))
    return RulesPlugin(lambda: [Rule(name=text, blend=max, summary=text, replaces=text)])


@place
def rules_constants(raise_it):
    constants = (hostile(raise_it, *EVERYTHING), hostile(raise_it, *EVERYTHING, base=str))
    return rule(max, gives=Gives.CONSTANT, constants=constants)


@place
def overrides_hook(raise_it):
    return OverridesPlugin(raise_it)


@place
def overrides_generator(raise_it):
    def answer():
        yield Override(attribute="EXPTIME", rule="max")
        raise_it()

    return OverridesPlugin(answer)


@place
def overrides_element(raise_it):
    return OverridesPlugin(lambda: [hostile(raise_it, *EVERYTHING)])


@place
def overrides_parameter(raise_it):
    value = hostile(raise_it, *EVERYTHING)
    return OverridesPlugin(
        lambda: [Override(attribute="FILTER", rule="join", parameters={"sort": value})]
    )


@place
def overrides_parameter_twice(raise_it):
    return OverridesPlugin(
        lambda: [
            Override(
                attribute="FILTER",
                rule="join",
                parameters={"sort": hostile(raise_it, "__eq__", "__repr__")},
            )
            for _ in range(2)
        ]
    )


@place
def overrides_mapping(raise_it):
    class Own(Mapping):
        __getitem__ = __iter__ = __len__ = items = keys = raise_it

    return OverridesPlugin(
        lambda: [Override(attribute="FILTER", rule="join", parameters=Own(), companions=Own())]
    )


@place
def overrides_default(raise_it):
    value = hostile(raise_it, *EVERYTHING, base=float, arguments=(1.5,))
    return OverridesPlugin(lambda: [Override(attribute="EXPTIME", rule="max", default=value)])


@place
def overrides_texts(raise_it):
    text = hostile(raise_it, *EVERYTHING, base=str, arguments=("EXPTIME",))
    return OverridesPlugin(
        lambda: [Override(attribute=text, rule="max", reason=text, once_per=(text,))]
    )


# What rules files are read as.


@place
def rules_file_hook(raise_it):
    return RulesFilePlugin(raise_it)


@place
def rules_file_generator(raise_it):
    def answer():
        yield Override(attribute="EXPTIME", rule="max")
        raise_it()

    return RulesFilePlugin(answer)


@place
def rules_file_answer(raise_it):
    return RulesFilePlugin(lambda: hostile(raise_it, *EVERYTHING))


@place
def rules_file_element(raise_it):
    return RulesFilePlugin(lambda: [hostile(raise_it, *EVERYTHING)])


def _faulty(error):
    def answer():
        raise error

    return RulesFilePlugin(answer)


@place
def rules_file_fault(raise_it):
    return _faulty(type("Fault", (RulesFileError,), {"__str__": raise_it})("wrong"))


@place
def rules_file_fault_attributes(raise_it):
    return _faulty(type("Fault", (RulesFileError,), {"__getattribute__": raise_it})("wrong"))


@place
def rules_file_fault_values(raise_it):
    number = hostile(raise_it, *EVERYTHING, base=int, arguments=(7,))
    text = hostile(raise_it, *EVERYTHING, base=str, arguments=("EXPTIME",))
    return _faulty(RulesFileError(text, line=number, column=number, key=text))


@place
def rules_file_fault_objects(raise_it):
    return _faulty(RulesFileError("wrong", line=hostile(raise_it, *EVERYTHING)))


@place
def rules_file_faults(raise_it):
    members = {"exceptions": property(raise_it), "__str__": lambda _: "several"}
    return _faulty(type("Faults", (BlendErrorGroup,), members)("two", [RulesFileError("a")]))


# What rules do and give.

EVERYTHING = (
    *("__class__", "__repr__", "__str__", "__eq__", "__ne__", "__lt__", "__hash__", "__bool__"),
    *("__len__", "__iter__", "__getitem__", "__contains__", "__int__", "__float__", "__index__"),
    *("__getattr__", "__dict__", "__array__", "__format__", "__reduce__", "__deepcopy__"),
)


@place
def rule_blend(raise_it):
    return rule(raise_it)


@place
def rule_call(raise_it):
    return rule(type("Call", (), {"__call__": raise_it, "__repr__": raise_it})())


@place
def rule_keep(raise_it):
    return rule(raise_it, missing=Missing.KEEP)


def _gives(name, make, **settings):
    """Add a place where a rule gives what raises as soon as anybody looks at it."""

    def rule_gives(raise_it):
        return rule(lambda _: make(raise_it), **settings)

    rule_gives.__name__ = f"rule_gives_{name}"
    place(rule_gives)

    def source_gives(raise_it):
        return giving(lambda: make(raise_it))

    source_gives.__name__ = f"source_gives_{name}"
    place(source_gives)


class Word(str, enum.Enum):  # noqa: UP042  # it has another str
    DARK = "DARK"


for _name, _make in {
    "object": lambda raise_it: hostile(raise_it, *EVERYTHING),
    "class": lambda raise_it: hostile(raise_it, "__class__"),
    "repr": lambda raise_it: hostile(raise_it, "__repr__", "__str__"),
    "getattr": lambda raise_it: hostile(raise_it, "__getattr__"),
    "getattribute": lambda raise_it: hostile(raise_it, "__getattribute__"),
    "equality": lambda raise_it: hostile(raise_it, "__eq__", "__ne__", "__hash__", "__bool__"),
    "text": lambda raise_it: hostile(raise_it, *EVERYTHING, base=str, arguments=("a text",)),
    "integer": lambda raise_it: hostile(raise_it, *EVERYTHING, base=int, arguments=(7,)),
    "float": lambda raise_it: hostile(raise_it, *EVERYTHING, base=float, arguments=(7.5,)),
    "list": lambda raise_it: hostile(raise_it, *EVERYTHING, base=list, arguments=([1, 2],)),
    "tuple": lambda raise_it: hostile(raise_it, *EVERYTHING, base=tuple, arguments=([1, 2],)),
    "dict": lambda raise_it: hostile(raise_it, *EVERYTHING, "items", base=dict),
    "within": lambda raise_it: [{"a": [hostile(raise_it, *EVERYTHING)]}],
    "key": lambda raise_it: {hostile(raise_it, "__repr__", "__str__"): 1},
    "text-key": lambda raise_it: {Word.DARK: hostile(raise_it, "__repr__")},
    "array": lambda raise_it: hostile(raise_it, "__array__", "dtype", "shape", "tolist", "item"),
    "objects": lambda raise_it: np.array([hostile(raise_it, *EVERYTHING), 1], dtype=object),
    "generator": lambda raise_it: (raise_it() for _ in range(3)),
    "subarray": lambda raise_it: type("Own", (np.ndarray,), {"item": raise_it})((), float),
}.items():
    _gives(_name, _make)


@place
def rule_appends_what_it_gives(raise_it):
    def blend(values):
        values.append(hostile(raise_it, *EVERYTHING))
        return values[-1]

    return rule(blend)


# What readers do and give.


@place
def open_hook(raise_it):
    return ReaderPlugin(raise_it)


@place
def open_gives(raise_it):
    return ReaderPlugin(lambda *_: hostile(raise_it, *EVERYTHING))


@place
def open_gives_attributes(raise_it):
    return ReaderPlugin(lambda *_: hostile(raise_it, "__getattribute__", "__class__"))


def _member(name, make):
    def source_member(raise_it):
        return source(**make(raise_it))

    source_member.__name__ = f"source_{name}"
    place(source_member)


for _name, _make in {
    "what": lambda raise_it: {"what": property(raise_it)},
    "what_text": lambda r: {"what": hostile(r, *EVERYTHING, base=str, arguments=("me",))},
    "model_type": lambda raise_it: {"model_type": property(raise_it)},
    "model_type_text": lambda r: {"model_type": hostile(r, *EVERYTHING, base=str)},
    "model_type_class": lambda r: {
        "model_type": type("M", (type,), {"__hash__": r, "__eq__": r, "__name__": property(r)})(
            "Kind", (), {}
        )
    },
    "schema": lambda raise_it: {"schema": property(raise_it)},
    "schema_dict": lambda r: {"schema": hostile(r, "items", "__iter__", "get", base=dict)},
    "schema_value": lambda r: {"schema": {"properties": {"meta": {"properties": {"a": {"enum": [hostile(r, *EVERYTHING)]}}}}}},
    "schema_rule": lambda r: {"schema": {"properties": {"meta": {"properties": {"a": {"blend_rule": hostile(r, *EVERYTHING, base=str, arguments=("sum",))}}}}}},
    "read": lambda raise_it: {"read": raise_it},
    "read_class": lambda raise_it: {"read": lambda *_: hostile(raise_it, "__class__", "__repr__")},
    "read_list": lambda r: {"read": lambda *_: hostile(r, "__len__", "__iter__", base=list)},
    "paths_beyond": lambda raise_it: {"paths_beyond": raise_it},
    "paths_list": lambda r: {"paths_beyond": lambda *_: hostile(r, "__iter__", base=list)},
    "paths_text": lambda r: {"paths_beyond": lambda *_: [hostile(r, *EVERYTHING, base=str)]},
    "paths_object": lambda r: {"paths_beyond": lambda *_: [hostile(r, *EVERYTHING)]},
    "attributes": lambda raise_it: {"__getattribute__": raise_it},
}.items():  # fmt: skip
    _member(_name, _make)


CATALOGUE = list(itertools.product(PLACES, KINDS))
