"""The exposures that both blenders are given, and the table of ratios at the end."""

import csv
import warnings
from pathlib import Path

import jwst
import pytest
from jwst.model_blender import ModelBlender as PeerBlender
from stdatamodels.exceptions import ValidationWarning
from stdatamodels.jwst.datamodels import ImageModel
from stdatamodels.jwst.datamodels import open as open_model

from blender_core import ModelBlender

BLENDERS = {"jwst": PeerBlender, "model-blender": ModelBlender}
EXPOSURES = Path(jwst.__file__).parent / "associations/tests/data/exposures_nopsf"

MEASURED = pytest.StashKey[dict]()


def pytest_addoption(parser):
    parser.addoption("--table", type=Path, help="write the table of ratios to this file, as CSV")


@pytest.fixture(params=list(BLENDERS))
def blender_name(request):
    return request.param


@pytest.fixture
def blender_class(blender_name):
    return BLENDERS[blender_name]


@pytest.fixture(scope="session")
def exposures():
    """Return the exposures that the jwst package carries, as datamodels in memory."""
    models = []
    for path in sorted(EXPOSURES.glob("*.fits")):
        with warnings.catch_warnings():
            # Some have values that later schemas do not allow.
            warnings.simplefilter("ignore", ValidationWarning)
            with open_model(path) as model:
                models.append(model.copy())
    assert len(models) == 18
    return models


@pytest.fixture(scope="session")
def many_exposures(exposures):
    """Return 600 datamodels that share nothing."""
    return [exposures[i % len(exposures)].copy() for i in range(600)]


@pytest.fixture(params=[12, 600])
def inputs(request, many_exposures):
    return many_exposures[: request.param]


@pytest.fixture
def make_product():
    return ImageModel


@pytest.fixture
def record(request):
    """Return a function that keeps a measurement for the table of ratios."""
    measured = request.config.stash.setdefault(MEASURED, {})

    def keep(what, blender_name, value, unit):
        measured.setdefault((what, unit), {})[blender_name] = value

    return keep


def _three(value):
    """Return a number to three digits, as people write it."""
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}" if rounded >= 1000 else f"{rounded:g}"


def pytest_terminal_summary(terminalreporter, config):
    measured = config.stash.get(MEASURED, {})
    rows = []
    for (what, unit), values in measured.items():
        cells = [f"{_three(values[name])} {unit}" if name in values else "" for name in BLENDERS]
        ratio = f"{values['jwst'] / values['model-blender']:.1f}" if all(cells) else ""
        rows.append((what, *cells, ratio))
    header = ("What", "jwst 3.0.0", "Model Blender", "Ratio")
    if not rows:
        return
    terminalreporter.section("ratios")
    for row in (header, *rows):
        terminalreporter.write_line("{:<44}{:>14}{:>16}{:>8}".format(*row))
    if path := config.getoption("--table"):
        with path.open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows((header, *rows))
