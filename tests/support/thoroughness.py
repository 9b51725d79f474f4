"""How much of what is much alike is tried: some of it in a quick run, all of it in ``.ci/run``."""

import os

import pytest
from hypothesis import settings

WITH_PEERS = [
    pytest.mark.exhaustive,
    pytest.mark.skipif(
        not os.environ.get("PEERS"),
        reason="other missions' own software is installed, from the network, where PEERS=1",
    ),
]
"""Marks of tests that compare with it."""
USUAL = 100  # examples that hypothesis draws if nobody says otherwise


def all_but_exhaustive(values, quick):
    """Return a test's parameters: those that are not for quick runs are marked as exhaustive."""
    return [
        one if one in quick else pytest.param(one, marks=pytest.mark.exhaustive) for one in values
    ]


def examples(number):
    """Return how many examples to draw: ``number``, or its share in a quick run."""
    return max(1, number * settings.default.max_examples // USUAL)


def pytest_configure(config):
    """Draw a quarter of the examples where exhaustive tests are left out."""
    settings.register_profile("quick", max_examples=USUAL // 4)
    if config.option.markexpr == "not exhaustive":
        settings.load_profile("quick")
