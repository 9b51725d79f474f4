"""Exposures as JWST takes them: a file for each detector, or for each segment."""

import jwst.model_blender
import pytest
from stdatamodels.jwst.datamodels import ImageModel

import blender_core

OBSERVATION = {
    "program_number": "01075",
    "observation_number": "001",
    "visit_number": "001",
    "visit_group": "03",
    "sequence_id": "1",
    "activity_id": "05",
}


@pytest.fixture
def exposure():
    """Return a function that makes the files of one exposure, one for each detector.

    What else is given is an attribute's name below ``meta.exposure``, or a dotted path. Exposures
    begin a day after each other.
    """

    def make(number, detectors=("NRCA1",), telescope="JWST", model_class=ImageModel, **values):
        models = []
        for detector in detectors:
            model = model_class()
            model.meta.telescope = telescope
            model.meta.instrument.detector = detector
            model.meta.observation.instance.update(OBSERVATION, exposure_number=str(number))
            for name, value in {"start_time": 60000.0 + number, **values}.items():
                model[name if "." in name else f"meta.exposure.{name}"] = value
            models.append(model)
        return models

    return make


@pytest.fixture
def blend():
    """Return a function that blends inputs into a new product."""

    def make(inputs, **kwargs):
        product = type(inputs[0])()
        blender_core.blendmodels(product, inputs, **kwargs)
        return product

    return make


@pytest.fixture
def peer():
    """Return a function that blends inputs into a new product as jwst does."""

    def make(inputs):
        product = type(inputs[0])()
        jwst.model_blender.blendmodels(product, inputs)
        return product

    return make
