"""What installed distributions announce as plugins, as pip and Python see them.

Of distributions of one name the first on the path counts, if it has metadata. What pip takes for
none, such as the leftovers of an interrupted uninstallation, is none here.
"""

from __future__ import annotations

import contextlib
import difflib
import importlib.metadata
import os
import re
from email import message_from_string
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from blender_core.common.advice import Advice, leave_out
from blender_core.common.forks import unforked
from blender_core.common.provider import Provider, normalized
from blender_core.common.wording import describe_error
from blender_core.errors import PluginError
from blender_core.plugins.hookspecs import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.metadata import Distribution, EntryPoint

_ENTRIES: Final = "entry_points.txt"
_OF_PYTHON: Final = ("importlib.metadata", "importlib_metadata")
"""Whose distributions are folders, or files, with texts in them."""
_OPEN_HEADING: Final = re.compile(r"^\s*\[[^\]\n]*$", re.MULTILINE)
_CLOSE: Final = 0.85
"""How much alike two names are of which one is taken for the other misspelt: two letters in 13."""
_NAME_OF_PROJECT: Final = re.compile(r"[A-Z0-9]([A-Z0-9._-]*[A-Z0-9])?", re.IGNORECASE)
"""What pip asks of a name. It puts a tilde before that of what it is about to remove."""


class Announced(NamedTuple):
    """Whose it is, and the entry point; or why it cannot be used."""

    provider: Provider
    entry: EntryPoint | PluginError

    @property
    def names(self) -> frozenset[str]:
        """What the plugin can be left out by."""
        return frozenset({normalized(self.provider.plugin), normalized(self.provider.distribution)})


@unforked()  # Python and importlib_metadata import parts of themselves when they are first used
def announced_plugins() -> list[Announced]:
    """Return what is installed under the entry-point group, in the order of the providers."""
    by_name: dict[str, list[Distribution]] = {}
    places: set[str] = set()
    for number, distribution in enumerate(importlib.metadata.distributions()):
        place = str(_place(distribution))
        if place in places:  # as where the package importlib_metadata looks for them, too
            continue
        places.add(place)
        name = _name_in(place)
        if name is None:  # such as an egg, whose metadata alone tell
            name = _name_and_version(distribution)[0] or f"?{number}"
        elif not _NAME_OF_PROJECT.fullmatch(name):
            continue
        by_name.setdefault(normalized(name), []).append(distribution)
    announced = [each for alike in by_name.values() for each in _announced_by(alike)]
    return sorted(announced, key=lambda each: (each.provider, getattr(each.entry, "value", "")))


def misspelt_groups() -> list[tuple[str, str]]:
    """Return the distributions with entry-point groups that are nearly ours, and these groups."""
    misspelt: set[tuple[str, str]] = set()
    for distribution in importlib.metadata.distributions():
        # What is wrong with metadata is told by whose plugin is looked for in vain, or nobody's.
        with contextlib.suppress(Exception):
            groups = {entry.group for entry in distribution.entry_points}
            for group in filter(_is_nearly_ours, groups):
                name, version = _name_and_version(distribution)
                misspelt.add((f"{name or '?'} {version or '?'}", group))
    return sorted(misspelt)


def _is_nearly_ours(group: str) -> bool:
    letters, ours = (re.sub(r"[\W_]", "", name).casefold() for name in (group, NAME))
    if group == NAME:
        return False
    is_close = difflib.SequenceMatcher(None, letters, ours).ratio() >= _CLOSE
    return is_close or ours in letters or letters.startswith("modelblender")


def _announced_by(alike: Sequence[Distribution]) -> Iterator[Announced]:
    """Give what the one counts for that there is of several distributions of one name."""
    if not any(map(_speaks_of_us, alike)):
        return
    distribution = next(filter(_has_metadata, alike), alike[0])
    if not _speaks_of_us(distribution):
        return
    has_metadata = _has_metadata(distribution)
    if has_metadata:
        name, version = _name_and_version(distribution)
    else:
        folder = PurePath(str(_place(distribution))).stem
        name, _, version = folder.partition("-")
        name = normalized(name)
    whose = name or "?", version or "?"
    try:
        entries = _entries(distribution)
    except Exception as error:  # noqa: BLE001  # Python has no error of its own for these
        problem = f"its {_ENTRIES} cannot be read: {describe_error(error)}"
        provider = Provider(*whose, "?")
        yield Announced(provider, _broken(provider, distribution, problem))
        return
    for entry in entries:
        provider = Provider(*whose, entry.name)
        if has_metadata:
            yield Announced(provider, entry)
        else:
            problem = "it has no METADATA, as if it had been installed or uninstalled in part"
            yield Announced(provider, _broken(provider, distribution, problem))


def _entries(distribution: Distribution) -> list[EntryPoint]:
    text = _text(distribution, _ENTRIES)
    if "\0" in text or "\ufffd" in text or text.startswith("\ufeff"):
        msg = "it is not a text in UTF-8 without a byte order mark"
        raise ValueError(msg)
    if _OPEN_HEADING.search(text):
        msg = "a heading of it is not closed"
        raise ValueError(msg)
    # An editable installation can announce an entry point twice: the same is not two.
    entries = {
        (entry.name, entry.value): entry for entry in distribution.entry_points.select(group=NAME)
    }
    if any(not name or not value for name, value in entries):
        msg = "an entry point lacks its name or what it is"
        raise ValueError(msg)
    return list(entries.values())


def _broken(provider: Provider, distribution: Distribution, problem: str) -> PluginError:
    msg = f"the distribution {provider.distribution} at {_place(distribution)} is broken: {problem}"
    remedy = Advice(
        "Install it anew, remove what is there, or ", leave_out(provider.distribution), "."
    )
    return PluginError(msg, provider=provider, remedy=remedy)


def _speaks_of_us(distribution: Distribution) -> bool:
    folder = _place(distribution)
    if type(distribution).__module__ in _OF_PYTHON and isinstance(folder, Path):
        # Hundreds are looked at in each blend, in a third of the time that `read_text` takes.
        try:
            with open(f"{folder}/{_ENTRIES}", "rb", buffering=0) as file:  # noqa: PTH123
                content = file.read()
        except OSError:
            return False
    else:
        content = _text(distribution, _ENTRIES).encode(errors="replace")
    return NAME.encode() in content.replace(b"\0", b"")  # in UTF-16, every other byte is zero


def _has_metadata(distribution: Distribution) -> bool:
    return bool(_metadata(distribution))


def _name_and_version(distribution: Distribution) -> tuple[str | None, str | None]:
    headers, _, _ = _metadata(distribution).partition("\n\n")  # and not a long description
    metadata = message_from_string(headers)
    return metadata["Name"], metadata["Version"]


def _metadata(distribution: Distribution) -> str:
    return _text(distribution, "METADATA") or _text(distribution, "PKG-INFO")


def _text(distribution: Distribution, file: str) -> str:
    """Return a file of a distribution's metadata; an empty text if there is none."""
    try:
        return distribution.read_text(file) or ""
    except UnicodeDecodeError as error:
        return error.object.decode(errors="replace")
    except OSError:  # as Python takes others
        return ""


def _place(distribution: Distribution) -> Any:
    """Return where the metadata are. Python has no public name for it; pip uses this one."""
    return getattr(distribution, "_path", None) or distribution.locate_file("")


def _name_in(place: str) -> str | None:
    folder, suffix = os.path.splitext(os.path.basename(place))  # noqa: PTH119, PTH122  # of hundreds
    return folder.partition("-")[0] if suffix in (".dist-info", ".egg-info") else None
