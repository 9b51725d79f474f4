"""Two functions for the hooks of jwst's steps and pipelines, which ``strun`` can be told to call.

An edge that nothing in the library imports: jwst and stpipe are imported when a hook runs.
"""

from __future__ import annotations

import inspect
import logging
import sys
import threading
from collections.abc import Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import blender_core
from blender_core.common.environment import RULES, rules_files
from blender_core.common.forks import unforked
from blender_core.common.provider import engine_version
from blender_core.common.wording import pluralize, preview, visible
from blender_core.inputs.inputs import is_library, opened
from blender_core.plugins.manager import Plugins
from blender_core.readers.product_table import table_of_datamodel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

__all__ = ["amend_result", "use_model_blender"]

# Below the name of stpipe, because strun shows, and steps keep in their products, what loggers of
# certain names say (stpipe 1.1.0, jwst 3.0.0).
_LOGGER: Final = logging.getLogger("stpipe.model_blender")

_REPLACING: Final = threading.Lock()


def amend_result(result: Any) -> None:
    """Apply overrides to what a step of jwst has blended: a post-hook.

    The overrides are those of installed plugins and of the rules files that the environment
    variable ``MODEL_BLENDER_RULES`` names. Attributes that have one are decided anew, from the
    HDRTAB that jwst's own blender has made, and nothing else of the products changes. That holds
    for a value as well that the step has set after its blend. The log tells each change.

    Without any such override, nothing is done. What has no HDRTAB stays as it is.

    Parameters
    ----------
    result : object
        What the step returns: a datamodel, several, a container or a library of them, which are
        changed in place; or anything else.

    Raises
    ------
    BlenderError
        As of `amend`: if a plugin or a rules file cannot be used, or an override asks for what
        HDRTAB does not tell. The pipeline ends then, and the product is not saved.

    Examples
    --------
    ``strun calwebb_image3 asn.json --steps.resample.post_hooks=blender_core.jwst.amend_result,``

    >>> from blender_core.jwst import amend_result
    >>> from stdatamodels.jwst.datamodels import ImageModel
    >>> amend_result(ImageModel())
    """
    plugins = Plugins.discover()
    if not plugins.have_overrides and not rules_files():
        _LOGGER.info(
            "Nothing to amend: no installed plugin has overrides, and %s names no rules file", RULES
        )
        return
    if not _amend_all(result, plugins):
        _LOGGER.info("Nothing to amend: what the step returns has no HDRTAB")


def _amend_all(result: Any, plugins: Plugins) -> int:
    """Amend all products in what a step returns; return how many there are."""
    from stdatamodels import DataModel

    if isinstance(result, DataModel):
        if table_of_datamodel(result) is None:
            return 0
        _amend(result, plugins)
        return 1
    if is_library(result):
        with opened(result):
            return sum(_amend_borrowed(result, index, plugins) for index in range(len(result)))
    # Containers are sequences and no datamodels (jwst 3.0.0).
    if isinstance(result, Sequence) and not isinstance(result, (str, bytes)):
        return sum(_amend_all(product, plugins) for product in result)
    return 0


def _amend_borrowed(library: Any, index: int, plugins: Plugins) -> bool:
    """Amend a model of a library if it is a product; return whether it is one."""
    model = library.borrow(index)
    changed = False
    try:
        is_product = table_of_datamodel(model) is not None
        if is_product:
            changed = _amend(model, plugins)
    finally:
        library.shelve(model, index, modify=changed)
    return is_product


def _amend(product: Any, plugins: Plugins) -> bool:
    """Amend a product, say in the log what has changed, and return whether anything was asked."""
    amended = blender_core.amend(product, plugins=plugins)
    name = visible(product.meta.filename or type(product).__name__)
    number = pluralize(len(amended.amendments), "attribute")
    _LOGGER.info(
        "%s: overrides ask for %s, of which %d changed", name, number, len(amended.changes)
    )
    for change in amended.changes:
        values = (change.after, change.before)
        after, before = ("none" if value is None else preview(value) for value in values)
        rule = f"{change.rule} of {change.provider}, asked for by {change.asked_by}"
        _LOGGER.info("%s: %s is %s instead of %s: %s", name, change.label, after, before, rule)
    # The table HDRRULES changes with each attribute that is asked for.
    return bool(amended.amendments)


def use_model_blender(*_: Any) -> None:
    """Let a step or pipeline of jwst blend with this engine instead of its own: a pre-hook.

    It holds for the step that has the hook and for all steps within it, from when its work begins
    to when that ends or fails; then, jwst's own blender is there again.

    Raises
    ------
    BlenderError
        If a plugin or a rules file cannot be used: better now than when the work is done.
    TypeError
        If something else than a step of jwst calls it.

    Examples
    --------
    ``strun calwebb_coron3 asn.json --pre_hooks=blender_core.jwst.use_model_blender,``

    >>> from blender_core.jwst import use_model_blender
    >>> use_model_blender()
    Traceback (most recent call last):
    TypeError: use_model_blender is for the pre_hooks of a step of jwst, whose work it looks after
    """
    step = _step_of_hook()
    if isinstance(step.process, _Process):
        return
    blender_core.ModelBlender()
    # Of a pipeline, a step that is to be skipped has no work that could begin.
    if step.parent is None or not step.skip:
        step.process = _Process(step)


def _step_of_hook() -> Any:
    """Return the step whose hook is running: stpipe passes its inputs, and not the step."""
    from stpipe import Step

    frame: FrameType | None = inspect.currentframe()
    while frame:
        # A function that is a hook is the work of a step of its own (stpipe 1.1.0).
        hook = frame.f_locals.get("self")
        if isinstance(hook, Step) and hook.parent is not None:
            return hook.parent
        frame = frame.f_back
    msg = "use_model_blender is for the pre_hooks of a step of jwst, whose work it looks after"
    raise TypeError(msg)


class _Process:
    """The work of a step, for one time, with this engine in place of jwst's blender.

    No hook of stpipe runs where a step has failed. So this takes the place of the step's method
    that does the work, and gives it back when it is called.
    """

    def __init__(self, step: Any) -> None:
        self._step = step
        self._process = step.process

    def __call__(self, *args: Any) -> Any:
        del self._step.process
        with _in_place_of_jwsts():
            _LOGGER.info(
                "Model Blender %s blends for step %s instead of jwst.model_blender",
                engine_version(),
                self._step.name,
            )
            return self._process(*args)


class _StandIn:
    """What modules of jwst call instead of a part of jwst's blender, as long as a step needs it."""

    def __init__(self, own: Callable[..., Any], ours: Callable[..., Any]) -> None:
        self.own = own
        self._ours = ours
        self.n_steps = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._ours(*args, **kwargs)


@contextmanager
def _in_place_of_jwsts() -> Iterator[None]:
    with unforked():
        from jwst.model_blender import blender, blendmeta

    with unforked(), _REPLACING:
        stand_ins = (
            _stand_in(blender.ModelBlender, blender_core.ModelBlender),
            _stand_in(blendmeta.blendmodels, blender_core.blendmodels),
        )
    try:
        yield
    finally:
        with unforked(), _REPLACING:
            for stand_in in stand_ins:
                stand_in.n_steps -= 1
                if not stand_in.n_steps:
                    _replace_in_jwst(stand_in, stand_in.own)


def _stand_in(own: Any, ours: Callable[..., Any]) -> _StandIn:
    """Return what stands in for a part of jwst's blender, for one step more."""
    # A pipeline and a step of it may both have the hook, and end in any order in threads.
    stand_in = own if isinstance(own, _StandIn) else _StandIn(own, ours)
    stand_in.n_steps += 1
    if stand_in is not own:
        _replace_in_jwst(own, stand_in)
    return stand_in


def _replace_in_jwst(old: object, new: object) -> None:
    """Replace an object in all modules of jwst that have it.

    Most steps have a name of their own for jwst's blender, from when they were imported. Those that
    are imported later get what the blender's own modules have at that time.
    """
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "jwst":
            for attribute, value in list(vars(module).items()):
                if value is old:
                    setattr(module, attribute, new)
