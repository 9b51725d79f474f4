"""Replace a file by another, so that there is the old one or the new one at any moment.

The new file is written under a name of its own in the same folder, looked at, flushed to disk, and
then put in the place of the old one in one step. Who is killed meanwhile leaves that draft behind;
the next who writes to the same place removes it. A lock, which ends with the process that holds it,
tells drafts that somebody is writing from those that are left over.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import TYPE_CHECKING, Final

from blender_core.errors import BlenderError, OutputError, OutputExistsError, warn
from blender_core.formats.files.draft import Draft, DraftError
from blender_core.formats.files.source_file import state_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from blender_core.formats.files.target import Target

_LONGEST_NAME: Final = 255
"""How many bytes the name of a file may have, on the file systems of today."""

_PREFIX, _MARK, _SUFFIX = ".", ".model-blender-", ".tmp"
_N_RANDOM: Final = 4
_DISK_FAILS: Final = (errno.EIO, errno.ENOSPC, errno.EDQUOT)

_FULL: Final = "Make room there, or choose another place"
_REMEDIES: Final = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: f"Your quota is used up. {_FULL}",
    errno.EFBIG: (
        "Choose a place that takes files of this size; a shell's own limit is that of ulimit -f"
    ),
    errno.EIO: "The disk or the way to it fails: have it looked at, and choose another place",
    errno.EACCES: "Have the permissions changed, or choose another place",
    errno.EPERM: "Have the permissions changed, or choose another place",
    errno.EROFS: "Choose a place that can be written to",
}
_USUAL: Final = "Try again, or choose another place"
_UNKNOWN: Final = "Is there no space left?"


@contextlib.contextmanager
def replacing(target: Target, check: Callable[[Path], None] | None = None) -> Iterator[Draft]:
    """Give a file to write to, and put it in the target's place when all has been written.

    ``check`` is called before that with the path of the draft, and refuses it if it does not hold
    what was meant. What fails fails before the file is replaced; of what comes after that, nothing
    can take it away again.
    """
    draft = old = None
    try:
        _remove_leftovers(target.path)
        old = target.path.stat() if target.path.exists() else None
        # Nobody is to read a product in the making who cannot read it when it is made.
        with _draft(target.path, 0o600 if old else 0o666) as (draft, number):
            yield draft
            draft.complete()
            if check is not None:
                check(draft.name)
            if old:
                _take_permissions(number, target.path, old)
            draft.finish()
            _put(draft.name, target)
    except BlenderError:
        raise
    except Exception as error:
        raise _write_error(target, error, draft, old) from error
    _flush_folder(target)


@contextlib.contextmanager
def _draft(path: Path, mode: int) -> Iterator[tuple[Draft, int]]:
    """Give a new file beside another, which is locked, and is removed if anything fails.

    The number is that of a second descriptor, with which the lock ends: not when the file is
    closed, but when it is in its place.
    """
    name = path.with_name(f"{_beginning(path)}{os.urandom(_N_RANDOM).hex()}{_SUFFIX}")
    draft = number = None
    try:
        # Not the mode "xb", which astropy does not know.
        file = open(  # noqa: SIM115  # the draft closes it
            name, "wb", opener=lambda path, flags: os.open(path, flags | os.O_EXCL, mode)
        )
        draft = Draft(file, name)
        number = os.dup(file.fileno())
        # Before it was locked, another writer may have taken it for a leftover.
        is_ours = _lock(number) is not False and os.fstat(number).st_nlink
        if is_ours:
            yield draft, number
    except BaseException:
        _remove(name)
        raise
    finally:
        with contextlib.suppress(OSError):  # of what has failed or is on disk
            if draft is not None:
                draft.close()
        with contextlib.suppress(OSError):
            if number is not None:
                os.close(number)
    if not is_ours:
        with _draft(path, mode) as another:
            yield another


def _remove(draft: Path) -> None:
    with contextlib.suppress(OSError):
        draft.unlink()


def _beginning(path: Path) -> str:
    """Return what the names of all drafts of a file begin with."""
    room = _LONGEST_NAME - len(_PREFIX + _MARK + _SUFFIX) - 2 * _N_RANDOM
    return _PREFIX + os.fsdecode(os.fsencode(path.name)[:room]) + _MARK


def _remove_leftovers(path: Path) -> None:
    beginning = _beginning(path)
    with os.scandir(path.parent) as entries:
        names = [entry.name for entry in entries]
    for name in names:
        if not (name.startswith(beginning) and name.endswith(_SUFFIX)):
            continue
        # Somebody else may remove it at the same time, or may not let us.
        with contextlib.suppress(OSError):
            leftover = path.with_name(name)
            number = os.open(leftover, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                if _lock(number):
                    leftover.unlink()
            finally:
                os.close(number)


def _lock(number: int) -> bool | None:
    """Lock an open file until it is closed. None if there are no locks here."""
    try:
        import fcntl

        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return None
    return True


def _take_permissions(number: int, path: Path, old: os.stat_result) -> None:
    for owner, group in ((old.st_uid, -1), (-1, old.st_gid)):
        # Also an owner whom a container has no number for cannot be had.
        with contextlib.suppress(OSError):
            os.fchown(number, owner, group)
    os.fchmod(number, stat.S_IMODE(old.st_mode))
    if hasattr(os, "listxattr"):  # access control lists are among them
        with contextlib.suppress(OSError):
            for name in os.listxattr(path):
                with contextlib.suppress(OSError):
                    os.setxattr(number, name, os.getxattr(path, name))


def _put(draft: Path, target: Target) -> None:
    """Give the draft the target's name."""
    if not target.replaces:
        try:
            os.link(draft, target.path)  # fails where there is a file, as no renaming does
        except OSError as error:
            if target.path.exists():
                msg = f"there is a file {target.output} by now, and it is not to be overwritten"
                raise OutputExistsError(msg, path=target.output) from error
            # A file system without links.
        else:
            _remove(draft)  # else the next one who writes there does it
            return
    os.replace(draft, target.path)  # noqa: PTH105  # one step, as its documentation promises


def _flush_folder(target: Target) -> None:
    """Have the new name on disk, too; the file is whole and in its place all the same."""
    try:
        number = os.open(target.path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(number)
        finally:
            os.close(number)
    except OSError as error:
        if error.errno in _DISK_FAILS:  # others say that folders cannot be flushed here
            warn(
                f"{target.label} has been written to {target.output}, whole, but the system says "
                f"of the folder: {error.strerror}. After a crash of the system, the file that was "
                "there before may be back"
            )


def _write_error(
    target: Target, error: Exception, draft: Draft | None, old: os.stat_result | None
) -> OutputError:
    """Return the error for a file that was not replaced."""
    # Libraries that write may have errors of their own for what the system said.
    cause = error if draft is None or draft.failure is None else draft.failure
    number, remedy = None, ""
    if isinstance(cause, OSError):
        number = cause.errno
        reason = cause.strerror or str(cause)
        remedy = _USUAL if cause.strerror else _UNKNOWN
        remedy = _REMEDIES.get(number or 0, remedy)
    elif isinstance(cause, DraftError):
        reason, remedy = f"what has been written is not what was meant: {cause}", _USUAL
    else:
        reason = f"{type(cause).__name__}: {cause}"
    told = [
        f"{target.label} cannot be written to {target.output}: {reason.rstrip('.')}",
        _on_disk(target, old),
        remedy,
    ]
    if draft is not None and os.path.lexists(draft.name):
        told.append(f"The draft {draft.name} cannot be removed, either: remove it by hand")
    return OutputError(". ".join(filter(None, told)), path=target.output, errno=number)


def _on_disk(target: Target, old: os.stat_result | None) -> str:
    """Say what is in the place of the file, by looking."""
    try:
        now = target.path.stat()
    except OSError:
        return "" if old else "No file has been made"
    unchanged = old is not None and state_of(now) == state_of(old)
    return "The file that was there is as it was" if unchanged else ""
