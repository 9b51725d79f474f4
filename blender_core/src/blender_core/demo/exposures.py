"""The exposures of the demonstration: invented data, and their titles say so."""

from __future__ import annotations

import itertools
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from blender_core.formats.files.target import Target
from blender_core.products.datamodel import DatamodelProduct
from blender_core.products.saving import save

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_SIZE: Final = 32
"""Pixels on a side: the centre of each detector, so that the files are small."""

_SEED: Final = 1234


def write_exposures(folder: Path) -> list[Path]:
    """Write a small set of exposures such as NIRCam's imaging mode takes."""
    import numpy as np
    from stdatamodels.jwst.datamodels import ImageModel

    folder.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(_SEED)
    paths = []
    for metadata in _read_metadata():
        sky = noise.normal(0.25, 0.02, (_SIZE, _SIZE)).astype(np.float32)
        path = folder / _filename(metadata)
        target = Target.find(path, overwrite=True, label="the exposure")
        with ImageModel({"meta": metadata, "data": sky}) as model:
            save(DatamodelProduct(model), target)
        paths.append(path)
    return paths


def _read_metadata() -> Iterator[dict[str, Any]]:
    """Yield what is below ``meta`` in each exposure, in the order in which they were taken."""
    text = (files("blender_core.demo") / "exposures.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    axes = {name: content[f"{name}s"] for name in ("filter", "dither", "detector")}
    for values in itertools.product(*axes.values()):
        exposure = dict(zip(axes, values, strict=True))
        metadata: dict[str, Any] = {}
        for part in content["parts"]:
            if all(exposure[name] in allowed for name, allowed in part["where"].items()):
                _merge(part["meta"], metadata)
        yield metadata


def _merge(tree: Mapping[str, Any], target: dict[str, Any]) -> None:
    for name, value in tree.items():
        if isinstance(value, dict):
            _merge(value, target.setdefault(name, {}))
        else:
            target[name] = value


def _filename(metadata: Mapping[str, Any]) -> str:
    """Return the name that the archive would give the file."""
    names = metadata["observation"]
    return (
        f"jw{names['visit_id']}_{names['visit_group']}{names['sequence_id']}{names['activity_id']}"
        f"_{names['exposure_number']:>05}_{metadata['instrument']['detector'].lower()}_cal.fits"
    )
