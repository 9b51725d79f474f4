"""URLs of files: what is one, how messages show it, and what else can be told by it alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote, unquote_plus, urljoin, urlsplit

if TYPE_CHECKING:
    from typing import TypeGuard

_SCHEME: Final = r"[A-Za-z][A-Za-z0-9+.-]+"
# One scheme, or several that fsspec is to use one after the other: simplecache::https://
_URL: Final = re.compile(rf"(?:{_SCHEME}::)*{_SCHEME}://")
_MANGLED: Final = re.compile(rf"(?:{_SCHEME}::)*{_SCHEME}:/(?=[^/])")
_OF_WEB: Final = ("http", "https")

_HIDDEN: Final = "***"
_SECRET_NAME: Final = re.compile(
    r"sig|token|key|pass|pwd|secret|cred|auth|session|code|jwt|sas|amz|goog|policy", re.IGNORECASE
)
_FILE: Final = re.compile(r"[\w./:+%@,~ -]*\.[A-Za-z][A-Za-z0-9]{1,5}")
"""What names a file, such as the parameter of an archive that is asked for one."""
_SHORT: Final = 16
_QUERY: Final = re.compile(r"(?<=[?&;])([^=&;#\s'\"]*)=([^&;#\s'\"]*)")
# A path keeps one of the slashes. What comes after a colon and is no port may be a password that
# has characters which it should not have as they are.
_USER: Final = re.compile(
    r"""(?<=[A-Za-z0-9+.-]{2}:/)/{0,2}(?:"""
    r"""[^/?#\s'"]*@|[^/?#\s'"@:\[\]]*:(?!\d*(?:[/?#\s'",;)]|$))(?:\S*@|[^@\n]*@))"""
)
_FRAGMENT: Final = re.compile(r"#[^\s'\"]*=[^\s'\"]*")


def is_url(given: Any) -> TypeGuard[str]:
    """Tell whether something names a file by a URL: a text that begins with a scheme."""
    return isinstance(given, str) and ":/" in given and _URL.match(given) is not None


def url_named(name: object) -> str | None:
    """Return the URL that a name is, or was before a path kept one of its two slashes."""
    text = str(name)
    if _MANGLED.match(text):
        text = text.replace(":/", "://", 1)
    return text if is_url(text) else None


def shown_url(url: str) -> str:
    """Return a URL, or a text with URLs in it, as messages show it: without what lets somebody in.

    That is who the user is, with a password, and all in the query that may be a signature or a
    token. What names a file stays, and what is short.
    """
    if ":/" not in url:
        return url
    text = _USER.sub(_without_user, url)
    return _FRAGMENT.sub(f"#{_HIDDEN}", _QUERY.sub(_shown, text))


def shown_of(text: str, url: str) -> str:
    """Return what is said of a URL as messages show it, also where it says who the user is."""
    for match in _USER.finditer(url):
        text = text.replace(match[0].lstrip("/"), f"{_HIDDEN}@")
    return shown_url(text)


def _without_user(match: re.Match[str]) -> str:
    slashes = len(match[0]) - len(match[0].lstrip("/"))
    return f"{'/' * slashes}{_HIDDEN}@"


def _shown(match: re.Match[str]) -> str:
    name, value = match.groups()
    plain = unquote_plus(value)
    is_open = len(plain) <= _SHORT or _FILE.fullmatch(plain)
    if not value or (is_open and not _SECRET_NAME.search(unquote_plus(name))):
        return match[0]
    return f"{name}={_HIDDEN}"


def file_name(url: str) -> str:
    """Return the name of the file that a URL leads to, as far as it tells.

    An archive may be asked for a file by a parameter: ``file?uri=mast:JWST/a_cal.fits``.
    """
    place = url.rpartition("::")[2]
    parts = urlsplit(place)
    if parts.scheme.lower() not in _OF_WEB:
        return place.rpartition("/")[2]
    name = unquote(parts.path).rpartition("/")[2]
    if "." not in name:
        for _, value in _QUERY.findall(f"?{parts.query}"):
            plain = unquote_plus(value)
            if _FILE.fullmatch(plain):
                return re.split("[/:]", plain)[-1]
    return name


def beside(url: str, name: str) -> str:
    """Return the URL of a file that is named relative to the file of another URL."""
    if is_url(name):
        return name
    before, separator, place = url.rpartition("::")
    if urlsplit(place).scheme.lower() in _OF_WEB:
        # What is asked of the other file, which may be a signature, does not hold for this one.
        joined = urljoin(place, quote(name) if name.startswith("/") else f"./{quote(name)}")
        return f"{before}{separator}{joined}"
    folder, _, _ = url.rpartition("/")
    return f"{folder}/{name}"
