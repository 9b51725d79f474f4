"""The page of the check lists what it finds in today's schemas; so that it stays true."""

import csv
import re
import warnings
from collections import defaultdict
from pathlib import Path

import pytest
from stdatamodels.jwst import datamodels

from blender_core import BlendPlan, BlendWarning, FindingKind, Plugins

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "check.rst"
HEAD = ["attribute", "keyword", "rule", "kind", "finding", "classes"]


@pytest.fixture(scope="module")
def plans():
    """Return the plan of every class of JWST's datamodels."""
    plugins = Plugins.discover()
    made = {}
    for name in datamodels.__all__:
        model_class = getattr(datamodels, name)
        if isinstance(model_class, type) and issubclass(model_class, datamodels.JwstDataModel):
            with warnings.catch_warnings():
                # Two classes say that they are deprecated; one has columns that share a name.
                warnings.simplefilter("ignore", DeprecationWarning)
                warnings.simplefilter("ignore", BlendWarning)
                made[name] = BlendPlan.for_model(model_class, plugins=plugins)
    return made


@pytest.mark.exhaustive
def test_the_findings_that_are_listed_are_those_of_today(plans):
    classes = defaultdict(list)
    for name, plan in plans.items():
        for one in plan.check():
            row = (one.attribute, one.keyword or "", one.rule, one.kind.value, one.problem)
            classes[row].append(name)
    found = sorted(
        [*row, names[0] if len(names) == 1 else str(len(names))] for row, names in classes.items()
    )
    with PAGE.with_suffix(".csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [HEAD, *found]
    assert f"all {len(plans)} classes" in PAGE.read_text()


def test_every_kind_of_finding_is_explained():
    text = PAGE.read_text()
    explained = re.findall(r"^``(\w+)``$", text, re.MULTILINE)
    assert explained == [kind.value for kind in FindingKind]
