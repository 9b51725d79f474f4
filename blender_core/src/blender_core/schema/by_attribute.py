"""What is kept by attribute, found by the attribute's dotted path or by its FITS keyword."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from blender_core.common.attribute_paths import is_path, is_within, label_of
from blender_core.common.wording import pluralize, preview
from blender_core.errors import AmbiguousAttributeError, UnknownAttributeError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MISSPELT: Final = 0.85
"""How like a keyword a text is, at least, that is taken for nothing but that keyword."""
_SHORTEST_ABBREVIATION: Final = 4

V = TypeVar("V")


class ByAttribute(dict[str, V]):
    """A dict by dotted path, which takes FITS keywords, too, in any case of the letters.

    A keyword that several attributes have is an error that names them: in every way to ask for it.
    The keywords are given by the dotted paths of all attributes that are known, which may be more
    than there are items. What is lacking then is said of those, and the noun is what is asked for.
    """

    __slots__ = ("_keywords", "_lacking", "_noun", "_paths")

    def __init__(
        self,
        items: Mapping[str, V],
        keywords: Mapping[str, str | None],
        lacking: str = "there is nothing of it here",
        noun: str = "attribute",
    ) -> None:
        super().__init__(items)
        self._noun = noun
        self._keywords = keywords
        self._lacking = lacking
        # Made when a keyword is first asked for.
        self._paths: dict[str, list[str]] = {}

    def __missing__(self, name: Any) -> V:
        path = self._path(name)
        if path is not None and path in self.keys():
            return super().__getitem__(path)
        raise self.unknown(name, path)

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or super().__contains__(self._path(name))

    def get(self, name: Any, default: Any = None) -> Any:
        """Return what there is of an attribute, or else something that stands for nothing."""
        if super().__contains__(name):
            return super().__getitem__(name)
        return super().get(self._path(name), default)  # type: ignore[arg-type]

    def _path(self, name: object) -> str | None:
        """Return the dotted path of the attribute that a path or keyword means, if one is known."""
        if not isinstance(name, str):
            return None
        if is_path(name) or name in self._keywords:
            return name if name in self._keywords else None
        if not self._paths:
            for path, keyword in self._keywords.items():
                if keyword is not None:
                    self._paths.setdefault(keyword.upper(), []).append(path)
        paths = self._paths.get(name.upper(), [])
        if len(paths) > 1:
            msg = (
                f"{name} is the keyword of {pluralize(len(paths), 'attribute')}: give the path of "
                f"the one that is meant, {' or '.join(paths)}"
            )
            raise AmbiguousAttributeError(msg, attribute=name, paths=paths)
        return paths[0] if paths else None

    def unknown(self, name: object, path: str | None = None) -> UnknownAttributeError:
        """Return the error that there is nothing of a name, which may mean a known attribute."""
        if path is not None:
            keyword = self._keywords.get(path)
            msg = f"{label_of(path, keyword)}: {self._lacking}"
            return UnknownAttributeError(msg, attribute=path, keyword=keyword)
        msg = f"there is no {self._noun} {preview(name)}"
        if not isinstance(name, str):
            msg = f"{msg}: a path or a keyword is a str"
            return UnknownAttributeError(msg, attribute=preview(name))
        if within := [path for path in self._keywords if is_within(path, name)]:
            msg = f"{msg}: it is a group of {len(within)}, such as {within[0]}"
            return UnknownAttributeError(msg, attribute=name, close=within)
        close = close_labels(name, self._keywords)
        hint = f": did you mean {' or '.join(close)}?" if close else ""
        return UnknownAttributeError(f"{msg}{hint}", attribute=name, close=close)


class AttributeMapping(Mapping[str, V]):
    """What there is of attributes, by dotted path, in its order; found by FITS keywords, too."""

    def __init__(self, items: ByAttribute[V]) -> None:
        self._items = items

    def __getitem__(self, name: str) -> V:
        return self._items[name]

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def get(self, name: str, default: Any = None) -> Any:
        """Return what there is of an attribute by its path or keyword, if there is anything."""
        return self._items.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)


def close_labels(text: str, keywords: Mapping[str, str | None]) -> list[str]:
    """Return what attributes are called that may be meant by a path or keyword that none has.

    The keywords are given by the dotted paths of the attributes.
    """
    return [label_of(path, keywords[path]) for path in close_paths(text, keywords)]


def close_paths(text: str, keywords: Mapping[str, str | None]) -> list[str]:
    """Return the paths of attributes that may be meant by a path or keyword that none has.

    A text without dots may also be the last part of a path, whole or abbreviated: ``exposure_time``
    or ``EXPTIME``.
    """
    text = text.casefold()
    last_part = text.rpartition(".")[2]
    last_parts = {path: path.casefold().rpartition(".")[2] for path in keywords}
    by_name: dict[str, list[str]] = {}
    for path, keyword in keywords.items():
        name = path if is_path(text) else keyword
        if name:
            by_name.setdefault(name.casefold(), []).append(path)
    # The last part may be right, and the group another.
    same_last_part = [path for path, name in last_parts.items() if name == last_part]
    closest = [path for name in difflib.get_close_matches(text, by_name) for path in by_name[name]]
    if is_path(text):
        candidates = [*closest[:1], *same_last_part, *closest]
    elif difflib.get_close_matches(text, by_name, cutoff=_MISSPELT):
        candidates = [*same_last_part, *closest]
    else:
        abbreviated = [path for path, name in last_parts.items() if _abbreviates(text, name)]
        abbreviated.sort(key=lambda path: len(last_parts[path]))
        candidates = [*same_last_part, *abbreviated, *closest]
    return list(dict.fromkeys(candidates))[:3]


def _abbreviates(text: str, name: str) -> bool:
    """Tell whether a text has letters of a name, in their order, from the first to the last."""
    rest = iter(name)
    return (
        len(text) >= _SHORTEST_ABBREVIATION
        and text[0] == name[0]
        and text[-1] == name[-1]
        and all(letter in rest for letter in text)
    )
