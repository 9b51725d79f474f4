"""What a shell offers where a user types the name of something.

A fault here is no error: a user who asks for names gets none then.
"""

# Typer reads the annotations, so their names have to be there when the program runs.
import functools
import io
import json
import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stderr, suppress
from pathlib import Path
from typing import Any, Final, TypeAlias

import typer

from blender_core.common.foreign import tried

_Offers: TypeAlias = list[str | tuple[str, str]]
"""Words, some with a text that explains them."""

_SUBJECTS: Final = ("file", "product", "here")
"""Arguments of commands that are files of which the attributes are asked for."""
_USUAL_CLASS: Final = "ImageModel"
_PATHS: Final = "meta."
_HARMLESS: Final = re.compile(r"[\w.,:=?*+-]+")
_HARMFUL: Final = re.compile(r"[^\w\s.,:;=?!*+/()\[\]<>|&%'-]")
_NOT_IN_NAMES: Final = re.compile(r"[^\w.+-]")


def _quietly(
    offer: Callable[[typer.Context, str], Iterable[str | tuple[str, str]]],
) -> Callable[[typer.Context, str], _Offers]:
    """Return what offers nothing if anything goes wrong, and writes nothing on a terminal."""

    @functools.wraps(offer)
    def quiet(ctx: typer.Context, incomplete: str) -> _Offers:
        with warnings.catch_warnings(), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            return tried(lambda: list(_harmless(offer(ctx, incomplete))), fallback=[])

    return quiet


def _harmless(offers: Iterable[str | tuple[str, str]]) -> Iterator[str | tuple[str, str]]:
    """Leave out words that a shell would not take as they are, and what texts have of that kind.

    Names may be those of a hostile file. What zsh is given it evaluates, and typer (0.29) does not
    escape it all; bash puts it into the line as it is.
    """
    for each in offers:
        word, text = (each, "") if isinstance(each, str) else each
        if _HARMLESS.fullmatch(word):
            yield (word, _HARMFUL.sub("", text)) if text else word


@_quietly
def model_types(ctx: typer.Context, incomplete: str) -> Iterator[str]:  # noqa: ARG001
    """Offer classes of datamodels."""
    yield from _class_names()


@_quietly
def rule_names(ctx: typer.Context, incomplete: str) -> Iterator[tuple[str, str]]:
    """Offer rules: those of one plugin after its name and a colon."""
    for rule, provider in _rules(ctx):
        name = f"{provider.plugin}:{rule.name}" if ":" in incomplete else rule.name
        yield name, rule.summary


@_quietly
def plugin_names(ctx: typer.Context, incomplete: str) -> Iterator[tuple[str, str]]:  # noqa: ARG001
    """Offer installed plugins, by their names and their distributions'."""
    from blender_core.plugins.installed import announced_plugins

    for each in announced_plugins():
        provider = each.provider
        yield provider.plugin, str(provider)
        yield provider.distribution, str(provider)


def _attributes(ctx: typer.Context, incomplete: str) -> Iterator[tuple[str, str]]:
    """Offer attributes, by keyword, and by path where one is begun."""
    subject = _subject(ctx)
    recorded = [] if subject is None else _column_names(subject)
    is_path = incomplete.startswith(_PATHS[: max(len(incomplete), 1)])
    if recorded and not is_path:
        yield from ((name, "a column of HDRTAB") for name in recorded)
        return
    for path, keyword in _attribute_names(_class_of(ctx)):
        if keyword:
            yield keyword, path
        if is_path and incomplete:
            yield path, keyword


attributes = _quietly(_attributes)


@_quietly
def paths(ctx: typer.Context, incomplete: str) -> Iterator[str]:  # noqa: ARG001
    """Offer attributes by path, and the groups that they are in."""
    names = [path for path, _ in _attribute_names(_class_of(ctx))]
    yield from dict.fromkeys(path.rpartition(".")[0] for path in names)
    yield from names


@_quietly
def overrides(ctx: typer.Context, incomplete: str) -> Iterator[str | tuple[str, str]]:
    """Offer attributes, and after one of them its rules."""
    attribute, has_rule, _ = incomplete.partition("=")
    fitting = [] if has_rule else _fitting(_attributes(ctx, incomplete), incomplete)
    if len(fitting) > 1:
        yield from fitting
        return
    # With a single word, a shell would go on to the next one, and a rule is to come.
    if fitting:
        attribute = fitting[0][0]
    from blender_core.plugins.rule import ENGINE_RULES

    for rule, provider in _rules(ctx):
        prefix = f"{provider.plugin}:" if ":" in incomplete else ""
        yield f"{attribute}={prefix}{rule.name}", rule.summary
    for name, summary in ENGINE_RULES.items():
        yield f"{attribute}={name}", summary


@_quietly
def columns(ctx: typer.Context, incomplete: str) -> Iterator[str]:
    """Offer columns of a product's HDRTAB, after commas, too."""
    yield from _after_comma(_column_names(_subject(ctx)), incomplete)


@_quietly
def columns_and_more(ctx: typer.Context, incomplete: str) -> Iterator[str]:
    """Offer columns and keywords, and paths where one is begun, after commas, too."""
    names = (name for name, _ in _attributes(ctx, incomplete.rpartition(",")[2]))
    yield from _after_comma(names, incomplete)


def _after_comma(names: Iterable[str], incomplete: str) -> Iterator[str]:
    before, comma, _ = incomplete.rpartition(",")
    taken = before.split(",")
    return (f"{before}{comma}{name}" for name in names if name not in taken)


def _fitting(offers: Iterable[tuple[str, str]], incomplete: str) -> list[tuple[str, str]]:
    return [each for each in offers if each[0].startswith(incomplete)]


def _rules(ctx: typer.Context) -> list[Any]:
    from blender_core.plugins.manager import Plugins

    rules = Plugins.discover(ctx.params.get("block") or ()).rules()
    return sorted(rules, key=lambda each: each[0].name)


def _subject(ctx: typer.Context) -> Path | None:
    """Return the file whose attributes are meant, if the command names one."""
    named = (ctx.params.get(name) for name in _SUBJECTS)
    # After an option that lacks its value, arguments have not been told apart (typer 0.29).
    files = (Path(file) for file in (*named, *ctx.args) if file is not None)
    return next(filter(Path.is_file, files), None)


def _class_of(ctx: typer.Context) -> str:
    """Return the class whose attributes are meant."""
    model = ctx.params.get("model")
    if model:
        return str(model)
    subject = _subject(ctx)
    if subject is not None:
        from blender_core.formats.fits.scan import BadFitsError, RawFits

        try:
            return str(RawFits.read(subject).hdus[0].header.get("DATAMODL") or _USUAL_CLASS)
        except BadFitsError:
            pass
    return _USUAL_CLASS


def _column_names(product: Path | None) -> list[str]:
    """Return the columns of a product's HDRTAB; none if it has none."""
    from blender_core.formats.fits.scan import RawFits

    if product is None:
        return []
    hdu = RawFits.read(product).hdu("HDRTAB")
    if hdu is None:
        return []
    number = hdu.header.get("TFIELDS")
    names = (hdu.header.get(f"TTYPE{i + 1}") for i in range(int(number or 0)))
    return [str(name) for name in names if name]


def _class_names() -> list[str]:
    """Return the names of all classes of datamodels."""
    return [str(name) for name in _kept("classes", _find_classes)]


def _attribute_names(model: str) -> list[tuple[str, str]]:
    """Return the path and the keyword, empty if there is none, of each attribute of a class."""
    found = _kept(f"attributes of {model}", lambda: _find_attributes(model))
    return [(str(path), str(keyword)) for path, keyword in found]


def _find_classes() -> list[str]:
    from blender_core.schema.model_class import model_classes

    return list(model_classes())


def _find_attributes(model: str) -> list[list[str]]:
    from blender_core.cli.model_classes import model_class
    from blender_core.schema.attributes import read_attributes
    from blender_core.schema.model_class import described

    kind: Any = model_class(model)
    attributes = read_attributes(described(kind).schema)
    return [[path, attribute.keyword or ""] for path, attribute in attributes.items()]


def _kept(name: str, find: Callable[[], list[Any]]) -> list[Any]:
    """Return what is kept of a name, or find it out and keep it for the versions installed.

    To import all classes of datamodels takes seconds, and a user waits. Nothing that a blend does
    depends on what is kept.
    """
    from importlib.metadata import version

    versions = f"{version('blender-core')}-{version('stdatamodels')}"
    path = _folder() / f"{_NOT_IN_NAMES.sub('_', f'{name} {versions}')}.json"
    with suppress(OSError, ValueError):
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, list) and content:
            return content
    content = find()
    # Where nothing can be kept, it takes its time again.
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(content), encoding="utf-8")
        draft.replace(path)
    return content


def _folder() -> Path:
    """Return where programs of this user keep what they can make anew."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    # By the XDG specification, a relative name is none.
    base = Path(named) if Path(named).is_absolute() else Path.home() / ".cache"
    return base / "model-blender"
