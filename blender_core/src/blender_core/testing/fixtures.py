"""Fixtures of pytest for the authors of plugins.

pytest finds them if the ``conftest.py`` at the root of the tests says so::

    pytest_plugins = ["blender_core.testing.fixtures"]

They are no entry point of pytest's: that would import them into the tests of everybody who has
blender-core installed.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from blender_core.common.environment import BLOCK, blocked_plugins
from blender_core.common.provider import normalized
from blender_core.common.wording import strings
from blender_core.plugins.hookspecs import NAME
from blender_core.plugins.installed import announced_plugins
from blender_core.plugins.manager import Plugins
from blender_core.testing.exposures import small_exposure
from blender_core.testing.plugin_at_hand import UNDER_TEST

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    from blender_core.common.provider import Provider
    from blender_core.plugins.installed import Announced

__all__ = ["load_plugin", "small_exposures"]


@pytest.fixture
def load_plugin(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Plugins]:
    """Return a function that loads a plugin until the test is over.

    To all that looks for plugins, it is installed: to ``blendmodels`` as well as to a pipeline
    that calls it. A module that is installed as a plugin in earnest is not loaded twice.

    From then on, of what else is installed only the standard rules count, so that a test comes out
    the same in every environment.

    Parameters
    ----------
    monkeypatch, tmp_path_factory
        Fixtures of pytest.

    Returns
    -------
    load : callable
        ``load(plugin, provider=UNDER_TEST, beside=()) -> Plugins``. The plugin is a module, or an
        object with methods, whose hooks are marked with ``hookimpl``. ``beside`` names other
        installed plugins, or their distributions, that are to count. Returned is what now counts:
        these, what was loaded before in the same test, the plugin, and the standard rules if they
        are installed.
    """
    kept = {"blender-rules-std"}
    left_out: set[str] = set()

    def load(plugin: Any, provider: Provider = UNDER_TEST, beside: Iterable[str] = ()) -> Plugins:
        module_name = plugin.__name__ if isinstance(plugin, ModuleType) else None
        installed = announced_plugins()
        in_earnest = [
            each.provider for each in installed if getattr(each.entry, "value", "") == module_name
        ]
        if in_earnest:
            (provider, *_) = in_earnest
        else:
            module = ModuleType(f"_blender_core_testing_{provider.plugin}")
            module.plugin = plugin  # type: ignore[attr-defined]
            monkeypatch.setitem(sys.modules, module.__name__, module)
            folder = tmp_path_factory.mktemp("installed")
            _announce(folder, provider, f"{module.__name__}:plugin")
            monkeypatch.syspath_prepend(folder)
        kept.add(normalized(provider.distribution))
        for name in strings(beside, "beside", "names"):
            named = {_distribution(each) for each in installed if normalized(name) in each.names}
            if not named:
                msg = f"no plugin {name!r} is installed that could be beside the one under test"
                raise ValueError(msg)
            kept.update(named)
        others = _names_of_others(installed, kept)
        asked = [each for each in blocked_plugins() if each not in left_out]
        monkeypatch.setenv(BLOCK, ",".join([*asked, *sorted(others)]))
        left_out.update(others)
        return Plugins.discover()

    return load


@pytest.fixture
def small_exposures() -> Callable[..., list[Any]]:
    """Return a function that makes small exposures of an instrument of JWST.

    Returns
    -------
    make : callable
        ``make(instrument, number=2, model_class=None, **values) -> list``. The instrument is
        ``"NIRCAM"``, ``"MIRI"``, ``"NIRSPEC"``, ``"NIRISS"`` or ``"FGS"``. The exposures are
        datamodels as `blender_core.testing.exposures.small_exposure` makes them, taken one after
        the other. Values are by FITS keyword or dotted path: one for all, or a list with one for
        each.
    """

    def make(
        instrument: str, number: int = 2, model_class: type[Any] | None = None, **values: Any
    ) -> list[Any]:
        for name, value in values.items():
            if isinstance(value, list) and len(value) != number:
                msg = f"there are {len(value)} values for {name}, and {number} exposures"
                raise ValueError(msg)
        return [
            small_exposure(
                instrument,
                place + 1,
                model_class,
                **{
                    name: value[place] if isinstance(value, list) else value
                    for name, value in values.items()
                },
            )
            for place in range(number)
        ]

    return make


def _names_of_others(installed: Iterable[Announced], kept: Collection[str]) -> set[str]:
    """Return the names by which all plugins but those of some distributions are left out."""
    others: set[str] = set()
    names_kept = set(kept)
    for announced in installed:
        names = names_kept if _distribution(announced) in kept else others
        names.update(announced.names)
    return others - names_kept


def _distribution(announced: Announced) -> str:
    return normalized(announced.provider.distribution)


def _announce(folder: Path, provider: Provider, target: str) -> None:
    """Write what an installer writes of a distribution with an entry point."""
    info = folder / f"{provider.distribution.replace('-', '_')}-{provider.version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {provider.distribution}\nVersion: {provider.version}\n",
        encoding="utf-8",
    )
    (info / "entry_points.txt").write_text(
        f"[{NAME}]\n{provider.plugin} = {target}\n", encoding="utf-8"
    )
