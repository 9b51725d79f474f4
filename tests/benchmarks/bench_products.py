"""Writing a product of 2048 x 2048 pixels, side by side with jwst, which opens and saves it."""

import numpy as np
import pytest
from jwst.model_blender import blendmodels as peer_blendmodels
from stdatamodels.jwst.datamodels import ImageModel
from stdatamodels.jwst.datamodels import open as open_model

from blender_core import blendmodels
from blender_core.demo.exposures import write_exposures

ARRAYS = ("data", "err", "dq", "var_poisson", "var_rnoise", "var_flat")


@pytest.fixture(scope="session")
def small_files(tmp_path_factory):
    """Return the paths of 12 small exposures, which are the inputs."""
    return list(write_exposures(tmp_path_factory.mktemp("small")))[:12]


@pytest.fixture(scope="session")
def small_models(small_files):
    models = []
    for path in small_files:
        with open_model(path) as model:
            models.append(model.copy())
    return models


@pytest.fixture(scope="session")
def product_file(tmp_path_factory, small_models):
    """Return the path of a product of 100 MB."""
    noise = np.random.default_rng(1).normal(size=(2048, 2048)).astype(np.float32)
    product = ImageModel(noise)
    product.update(small_models[0])
    for name in ARRAYS[1:]:
        product[name] = noise.astype(np.uint32 if name == "dq" else np.float32)
    path = tmp_path_factory.mktemp("product") / "product.fits"
    product.save(str(path))
    assert path.stat().st_size > 100e6
    return path


@pytest.mark.parametrize("given", ["models", "files"])
def test_a_file(benchmark, blender_name, product_file, small_files, small_models, given, record):
    """A product on disk: blended, and written to another file."""
    output = product_file.with_name("output.fits")

    def jwst():
        models = small_models
        if given == "files":
            models = [open_model(path) for path in small_files]
        with open_model(product_file) as product:
            peer_blendmodels(product, models)
            product.save(str(output))
        if given == "files":
            for one in models:
                one.close()

    def model_blender():
        inputs = small_models if given == "models" else small_files
        blendmodels(product_file, inputs, output=output, overwrite=True)

    benchmark.pedantic(
        jwst if blender_name == "jwst" else model_blender, rounds=10, warmup_rounds=2
    )
    what = f"product file of 2048 x 2048, 12 {given}, written"
    record(what, blender_name, benchmark.stats["min"] * 1e3, "ms")


def test_a_datamodel(benchmark, blender_name, product_file, small_models, record):
    """A product in memory: blended, and written to a file."""
    output = product_file.with_name("output.fits")
    with open_model(product_file) as product:

        def jwst():
            peer_blendmodels(product, small_models)
            product.save(str(output))

        def model_blender():
            blendmodels(product, small_models, output=output, overwrite=True)

        benchmark.pedantic(
            jwst if blender_name == "jwst" else model_blender, rounds=10, warmup_rounds=2
        )
    what = "datamodel of 2048 x 2048, 12 models, written"
    record(what, blender_name, benchmark.stats["min"] * 1e3, "ms")
