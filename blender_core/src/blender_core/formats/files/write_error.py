"""What is said of a file that cannot be written: why, what is on disk, and what to do."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Final

from blender_core.errors import OutputError
from blender_core.formats.files.draft import DraftError
from blender_core.formats.files.source_file import state_of

if TYPE_CHECKING:
    from blender_core.formats.files.draft import Draft
    from blender_core.formats.files.target import Target

__all__ = ["write_error"]

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


def write_error(
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
