"""Attributes that the first input does not have: from unknown names in a tree, and from schemas."""

import copy
import itertools

import pytest
from astropy.io import fits
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jwst.model_blender import blendmodels as peer_blend
from stdatamodels.jwst.datamodels import CubeModel, ImageModel
from thoroughness import examples

from blender_core import (
    BlendWarning,
    InputError,
    ModelBlender,
    NotADatamodelError,
    Override,
    OverrideConflictError,
    PluginError,
    Plugins,
    Provider,
    Source,
    UnknownAttributeError,
    UnknownRuleError,
    When,
    amend,
    blendmodels,
    hookimpl,
)

EXTRA = "meta.my_extra"
TIME = "meta.exposure.exposure_time"


def model_with(values=None, model_class=ImageModel):
    """Return a datamodel with values that are put into its tree, whatever its schema knows."""
    model = model_class()
    for path, value in (values or {}).items():
        *parents, name = path.split(".")
        node = model.instance
        for parent in parents:
            node = node.setdefault(parent, {})
        node[name] = value
    return model


@pytest.fixture
def given_as(tmp_path):
    """Return a function that gives models as inputs of a kind."""
    opened = []

    def give(models, way):
        if way == "memory":
            return models
        paths = [
            tmp_path / f"{i}_cal.{'asdf' if way == 'asdf' else 'fits'}" for i in range(len(models))
        ]
        for model, path in zip(models, paths, strict=True):
            model.save(path)
        if way != "hdulist":
            return paths
        opened.extend(map(fits.open, paths))
        return opened

    yield give
    for each in opened:
        each.close()


WAYS = pytest.mark.parametrize("way", ["memory", "fits", "asdf", "hdulist"])
SETS = (
    {},
    {EXTRA: 5, "meta.kind": "b"},
    {EXTRA: 2, "meta.kind": "a", "meta.a.b.c": 1.5},
    {"meta.exposure.mine": "x"},
)


class TestUnknownNames:
    @WAYS
    def test_every_order_gives_the_same(self, given_as, way):
        inputs = given_as([model_with({TIME: 1.0, **each}) for each in SETS], way)
        overrides = [
            Override(attribute=EXTRA, rule="max", record=True),
            Override(attribute="meta.a", rule="sum"),
            Override(attribute="meta.k*", rule="last", order_by=EXTRA),
        ]
        for order in ((0, 1, 2, 3), (1, 0, 3, 2), (3, 2, 1, 0), (2, 3, 0, 1)):
            result = blendmodels(None, [inputs[i] for i in order], overrides=overrides)
            assert result.values[EXTRA] == 5
            assert result.values["meta.a.b.c"] == 1.5
            assert result.values["meta.kind"] == "b"
            cells = [[None, 5, 2, None][i] for i in order]
            assert result.inputs[EXTRA] == tuple(cells)
            assert result.table[EXTRA].tolist() == cells
            # Nobody asks for a rule: it is the first input's.
            assert result.values.get("meta.exposure.mine") == ("x" if order[0] == 3 else None)
            unknown = {path for path, each in result.plan.items() if not each.attribute.known}
            assert unknown == {EXTRA, "meta.kind", "meta.a.b.c", "meta.exposure.mine"}

    @WAYS
    def test_files_alike(self, given_as, way):
        """Once a file was read, those like it are read in another way."""
        models = [model_with({TIME: 1.0 + i, **SETS[i % 2]}) for i in range(6)]
        for i, model in enumerate(models[1::2]):
            model.meta.instance["my_extra"] = 50 + i
        result = blendmodels(None, given_as(models, way), overrides={EXTRA: "max"})
        assert result.inputs[EXTRA] == (None, 50, None, 51, None, 52)
        assert result.values[EXTRA] == 52
        assert result.values[TIME] == 21.0

    def test_the_first_is_what_the_first_input_has(self):
        product = ImageModel()
        result = blendmodels(product, [model_with(), model_with({EXTRA: 5})])
        assert not product.meta.hasattr("my_extra")
        assert result.plan[EXTRA].reason == "not in the schema"
        assert result.inputs[EXTRA] == (None, 5)
        assert "1 of 2 inputs has it, with the same value 5." in result.explain(EXTRA)
        product = ImageModel()
        blendmodels(product, [model_with({EXTRA: 5}), model_with()])
        assert product.meta.my_extra == 5

    def test_the_product_is_that_of_the_peer(self):
        said = [{TIME: 1.0}, {TIME: 2.0, EXTRA: 5}, {EXTRA: 6}]
        for order in (said, said[::-1]):
            ours, theirs = ImageModel(), ImageModel()
            blendmodels(ours, [model_with(each) for each in order], ignore=["meta.date"])
            peer_blend(theirs, [model_with(each) for each in order], ignore=["meta.date"])
            expected = order[0].get(EXTRA)
            for product in (ours, theirs):
                assert product.instance["meta"].get("my_extra") == expected
                assert product.meta.exposure.exposure_time == 3.0

    def test_extras_come_after_what_the_schema_has(self):
        inputs = [
            model_with(),
            model_with({"meta.zeta": 1}),
            model_with({"meta.alpha": 2, EXTRA: 3}),
        ]
        result = blendmodels(
            None,
            inputs,
            overrides=[
                Override(attribute=path, record=True) for path in (EXTRA, "meta.alpha", "meta.zeta")
            ],
        )
        assert result.table.colnames[-3:] == ["meta.zeta", "meta.alpha", EXTRA]
        assert list(result.plan)[-3:] == ["meta.zeta", "meta.alpha", EXTRA]

    @pytest.mark.parametrize("reverse", [False, True])
    def test_a_value_where_others_have_a_group(self, reverse):
        inputs = [
            model_with({"meta.x": 5}),
            model_with({"meta.x.a": 1}),
            model_with({"meta.x": [1]}),
        ]
        order = inputs[::-1] if reverse else inputs
        result = blendmodels(None, order, overrides=[Override(attribute="meta.x", record=True)])
        assert result.inputs["meta.x"] == ((None, None, 5) if reverse else (5, None, None))
        assert result.inputs["meta.x.a"] == (None, 1, None)
        with pytest.raises(InputError, match="some inputs have a value where others have a group"):
            blendmodels(None, order, overrides={"meta.x": "max"})

    def test_a_value_in_the_place_of_a_group_of_the_schema(self):
        inputs = [model_with({TIME: 1.0}), model_with({"meta.exposure": 7})]
        result = blendmodels(None, inputs, overrides={TIME: "sum"})
        assert result.inputs["meta.exposure"] == (None, 7)
        assert result.values[TIME] == 1.0

    @pytest.mark.parametrize("way", ["fits", "asdf"])
    @pytest.mark.parametrize("order", [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
    def test_a_null_in_a_file_is_no_value(self, given_as, way, order):
        paths = given_as([model_with({EXTRA: 11111}) for _ in range(3)], way)
        for path, has_value in zip(paths, order, strict=True):
            if not has_value:
                raw = path.read_bytes()
                assert raw.count(b"my_extra: 11111") == 1
                path.write_bytes(raw.replace(b"my_extra: 11111", b"my_extra: null "))
        result = blendmodels(None, paths, overrides={EXTRA: "count"})
        assert result.values[EXTRA] == 2
        assert result.inputs[EXTRA] == tuple(11111 if each else None for each in order)
        nulls = [path for path, has_value in zip(paths, order, strict=True) if not has_value]
        assert EXTRA not in blendmodels(None, nulls * 2).plan

    def test_what_is_no_scalar_is_passed_over(self):
        inputs = [model_with(), model_with({EXTRA: [1, 2], "meta.other": None, "meta.x": {"": 3}})]
        assert all(each.attribute.known for each in blendmodels(None, inputs).plan.values())

    def test_ignored(self):
        product = model_with({EXTRA: 9})
        inputs = [model_with(), model_with({EXTRA: 5})]
        blendmodels(product, inputs, ignore=["meta.my_"], overrides={"meta.my*": "max"})
        assert product.meta.my_extra == 9

    def test_many_names_of_their_own(self):
        inputs = [model_with({f"meta.own.n{i}": i}) for i in range(40)]
        result = blendmodels(None, inputs, overrides={"meta.own": "max"})
        for i in (0, 20, 39):
            assert result.values[f"meta.own.n{i}"] == i
            assert result.inputs[f"meta.own.n{i}"].count(None) == 39

    def test_inputs_of_several_classes(self):
        inputs = [model_with(), model_with(), model_with({EXTRA: 5}, CubeModel)]
        result = blendmodels(None, inputs, mixed=True, overrides={EXTRA: "max"})
        assert result.values[EXTRA] == 5
        assert result.inputs[EXTRA] == (None, None, 5)


class TestOverrides:
    @pytest.mark.parametrize(
        "setting",
        [
            {"order_by": EXTRA},
            {"once_per": EXTRA, "rule": "sum"},
            {"rule": "weighted_mean", "companions": {"weights": EXTRA}},
        ],
    )
    @pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
    def test_settings_that_name_what_only_later_inputs_have(self, setting, order):
        # Seconds and extras: what is ordered, told apart or weighed by the latter has the former.
        inputs = [
            model_with({"meta.own": 8.0, EXTRA: 3}),
            model_with({"meta.own": 2.0, EXTRA: 1}),
            model_with(),
        ]
        override = Override(**{"attribute": "meta.own", "rule": "last", **setting})
        result = blendmodels(None, [inputs[i] for i in order], overrides=[override])
        # The input that has most of the extra; 8 + 2; (8 * 3 + 2 * 1) / 4.
        expected = {"order_by": 8.0, "once_per": 10.0, "rule": 6.5}
        assert result.values["meta.own"] == expected[next(iter(setting))]

    def test_a_known_attribute_in_the_order_of_one(self):
        inputs = [model_with({"meta.target.ra": 1.0 + i, EXTRA: -i}) for i in range(3)]
        override = Override(attribute="TARG_RA", rule="first", order_by=EXTRA)
        plain = model_with({"meta.target.ra": 7.0, EXTRA: 1})
        result = blendmodels(None, [plain, *inputs], overrides=[override])
        assert result.values["meta.target.ra"] == 3.0
        del plain.instance["meta"]["my_extra"]
        del plain.instance["meta"]["target"]
        result = blendmodels(None, [plain, *inputs], overrides=[override])
        assert result.values["meta.target.ra"] == 3.0

    def test_what_helps_a_later_attribute_is_read_from_all(self):
        """No keyword, no column, no rule: of such an attribute, the first input's is enough."""
        helper = "meta.cal_step_note"
        inputs = [
            model_with({helper: "x"}),
            model_with({helper: "b", EXTRA: 5}),
            model_with({helper: "a", EXTRA: 6}),
        ]
        for optional in (False, True):
            override = Override(attribute=EXTRA, rule="first", order_by=helper, optional=optional)
            assert blendmodels(None, inputs, overrides=[override]).values[EXTRA] == 6

    def test_an_attribute_that_no_input_has(self):
        product = ImageModel()
        blender = ModelBlender(overrides={EXTRA: "max"})
        blender.accumulate_all([model_with(), model_with()])
        with pytest.raises(
            UnknownAttributeError, match=r"'meta\.my_extra' in an override"
        ) as caught:
            blender.finalize_model(product)
        assert caught.value.attribute == EXTRA
        blender.accumulate(model_with({EXTRA: 5}))
        assert blender.finalize_model(product).values[EXTRA] == 5
        lacking = Override(attribute=TIME, rule="sum", once_per=EXTRA)
        with pytest.raises(
            UnknownAttributeError, match=r"once_per 'meta\.my_extra' in the override"
        ):
            blendmodels(None, [model_with()], overrides=[lacking])

    def test_other_faults_of_overrides_are_told_at_the_first_input(self):
        blender = ModelBlender(overrides={EXTRA: "max", "EFFEXPTM": "maximum"})
        with pytest.raises((UnknownRuleError, UnknownAttributeError)):
            blender.accumulate(model_with())

    def test_an_override_for_some_inputs(self):
        detector = "meta.instrument.detector"
        override = Override(attribute=EXTRA, rule="max", when=When(detector="NRCA2"))
        inputs = [model_with({detector: "NRCA1"}), model_with({detector: "NRCA2", EXTRA: 5})]
        for order in (inputs, inputs[::-1]):
            with pytest.raises(OverrideConflictError, match=r"disagree on meta\.my_extra"):
                blendmodels(None, order, overrides=[override])
        assert blendmodels(None, inputs[1:], overrides=[override]).values[EXTRA] == 5


class TestNothingIsLeftBehind:
    def test_by_a_call_that_failed(self, given_as):
        for way in ("memory", "fits"):
            one, other = given_as([model_with(), model_with({EXTRA: 5})], way)
            blender = ModelBlender()
            with pytest.raises(NotADatamodelError):
                blender.accumulate_all([one, other, 7])
            blender.accumulate_all([one, one])
            assert EXTRA not in blender.finalize_model(None).plan
            blender.accumulate(other)
            assert blender.finalize_model(None).inputs[EXTRA] == (None, None, 5)

    def test_by_a_file_that_was_skipped(self, given_as):
        one, other = given_as([model_with(), model_with({EXTRA: 5, TIME: 2.0})], "fits")
        other.write_bytes(other.read_bytes()[:-3000])
        result = blendmodels(None, [one, other, one], on_bad_input="skip")
        assert len(result.skipped) == 1
        assert EXTRA not in result.plan

    def test_models_of_an_iterator(self):
        inputs = (model_with({EXTRA: i} if i else {}) for i in range(3))
        assert blendmodels(None, inputs, overrides={EXTRA: "sum"}).values[EXTRA] == 3


class TestProducts:
    RECORD = (Override(attribute=EXTRA, rule="max", record=True),)

    @pytest.fixture(params=[".fits", ".asdf", ""])
    def product(self, request, tmp_path):
        """A product of which the first exposure lacks what HDRTAB has of others."""
        product = ImageModel()
        inputs = [
            model_with({TIME: 1.0}),
            model_with({TIME: 2.0, EXTRA: 5}),
            model_with({EXTRA: 3}),
        ]
        override = Override(attribute=EXTRA, record=True)
        blendmodels(product, inputs, overrides=[override])
        assert not product.meta.hasattr("my_extra")
        if not request.param:
            return product
        path = tmp_path / f"product{request.param}"
        product.save(path)
        return path

    def test_expanded(self, product):
        others = [model_with({TIME: 4.0, EXTRA: 4, "meta.more": "x"}), model_with()]
        for inputs in ([product, *others], [*others, product]):
            result = blendmodels(None, inputs, expand=True, overrides=self.RECORD)
            assert result.values[EXTRA] == 5
            cells = [None, 5, 3], [4, None]
            first, second = cells if inputs[0] is product else cells[::-1]
            assert result.table[EXTRA].tolist() == [*first, *second]
            assert result.values[TIME] == 7.0
            assert "meta.more" in result.plan

    @pytest.mark.parametrize("way", ["memory", "fits", "asdf"])
    def test_expanded_from_a_column_of_another_name(self, given_as, way):
        """HDRRULES tells which it is, without the overrides that it was made with."""
        product = ImageModel()
        renamed = Override(attribute=EXTRA, rule="max", column="MINE")
        inputs = [model_with({TIME: 1.0}), model_with({TIME: 2.0, EXTRA: 5})]
        blendmodels(product, inputs, overrides=[renamed])
        (given,) = given_as([product], way)
        result = blendmodels(None, [given], expand=True, overrides={EXTRA: "sum"})
        assert result.inputs[EXTRA] == (None, 5)
        assert result.values[EXTRA] == 5
        other = model_with({TIME: 4.0, EXTRA: 7})
        result = blendmodels(None, [other, given], expand=True, overrides={EXTRA: "sum"})
        assert result.inputs[EXTRA] == (7, None, 5)

    def test_amended(self, product):
        (change,) = amend(product, overrides={EXTRA: "max"}).changes
        assert (change.before, change.after) == (None, 5)

    def test_a_value_that_the_table_does_not_tell(self):
        product = ImageModel()
        blendmodels(product, [model_with({TIME: 1.0, EXTRA: 5}), model_with({TIME: 2.0})])
        inputs = [model_with({TIME: 4.0}), product]
        result = blendmodels(None, inputs, expand=True)
        assert result.inputs[EXTRA] == (None, 5, None)
        with pytest.raises(
            InputError, match=r"does not tell what each exposure had of\n- meta\.my_extra"
        ):
            blendmodels(None, inputs, expand=True, overrides={EXTRA: "max"})
        skipped = blendmodels(
            None, inputs, expand=True, overrides={TIME: "max"}, on_bad_input="skip"
        )
        assert skipped.values[TIME] == 4.0


PATHS = [EXTRA, "meta.a.b.c", "meta.a.d", "meta.exposure.mine", "meta.instrument.own.x"]
SAID = st.dictionaries(st.sampled_from(PATHS), st.integers(-5, 5) | st.sampled_from([0.5, 2.5]))


@settings(
    max_examples=examples(10),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
@given(said=st.lists(SAID, min_size=1, max_size=5), random=st.randoms())
def test_the_order_does_not_matter(said, random):
    plugins = Plugins.discover()
    numbers = list(range(len(said)))
    random.shuffle(numbers)
    overrides = [Override(attribute=path, rule="max", record=True, optional=True) for path in PATHS]
    results = [
        blendmodels(
            None,
            [model_with({TIME: 1.0, **said[i]}) for i in order],
            overrides=overrides,
            plugins=plugins,
            ignore=["meta.date"],
        )
        for order in (range(len(said)), numbers)
    ]
    for result, order in zip(results, (range(len(said)), numbers), strict=True):
        for path in PATHS:
            values = [said[i].get(path) for i in order]
            present = [value for value in values if value is not None]
            assert (path in result.plan) == bool(present)
            if present:
                assert result.inputs[path] == tuple(values)
                assert result.values[path] == max(present)
                assert result.table[path].tolist() == values
    one, other = results
    assert one.values == other.values
    assert set(one.table.colnames) == set(other.table.colnames)


class TestOwnSchema:
    """A datamodel in memory may have entries in its schema that its class does not have."""

    @pytest.mark.parametrize("reverse", [False, True])
    def test_its_rule_holds(self, reverse):
        other = model_with({EXTRA: 3})
        entry = {
            "type": "number",
            "title": "[s] Mine",
            "fits_keyword": "MYEXTRA",
            "blend_rule": "sum",
            "blend_table": True,
        }
        own = ImageModel()
        own.add_schema_entry(EXTRA, entry)
        own.add_schema_entry("meta.mine.nothing", {"type": "string", "fits_keyword": "NOTHING"})
        own.meta.my_extra = 5.0
        inputs = [other, own, model_with()]
        result = blendmodels(
            None, inputs[::-1] if reverse else inputs, overrides={"MYEXTRA": "max"}
        )
        assert result.values[EXTRA] == 5.0
        assert sorted(result.table["MYEXTRA"].tolist(), key=str) == [3.0, 5.0, None]
        assert str(result.table["MYEXTRA"].unit) == "s"
        assert blendmodels(None, inputs).values[EXTRA] == 8.0


def leaf(keyword, rule="max", **more):
    return {
        "type": "number",
        "fits_keyword": keyword,
        "blend_rule": rule,
        "blend_table": True,
        **more,
    }


def schema_of(**leaves):
    return {"properties": {"meta": {"properties": leaves}}}


class Given(Source):
    """An input of a plugin: a dict of keywords, with the schema that it has itself."""

    model_type = "plain"
    schema = None

    def __init__(self, given, what):
        self.given, self.what = given, what
        self.schema = given["schema"]
        self.asked = given.setdefault("asked", [])

    def read(self, layout):
        if self.given.get("bad"):
            msg = f"{self.what} cannot be read"
            raise InputError(msg)
        self.asked.extend(layout.paths)
        values = self.given["values"]
        return [values.get(attribute.keyword or attribute.path) for attribute in layout.attributes]

    def paths_beyond(self, known):
        return [
            path for path in self.given["values"] if path.startswith("meta.") and path not in known
        ]


class GivenPlugin:
    @hookimpl
    def blender_open(self, given, what):
        return Given(given, what) if isinstance(given, dict) else None


@pytest.fixture
def blend():
    """Return a function that blends inputs of the plugin."""
    plugins = Plugins.discover()
    plugins.register(GivenPlugin(), Provider("given", "1.0", "given"))

    def blend(*inputs, **settings):
        given = inputs if isinstance(inputs[0], dict) else inputs[0]
        return blendmodels(None, given, plugins=plugins, **settings)

    return blend


def source(leaves, **values):
    """Return an input: its schema's attributes, and its values by keyword."""
    return {"schema": schema_of(**leaves), "values": values}


AB = {"a": leaf("A"), "b": leaf("B", "sum")}
ABG = {**AB, "g": leaf("G", "sum")}


class TestSchemas:
    def test_every_order_gives_the_same(self, blend):
        inputs = [
            source(AB, A=1.0, B=2.0),
            source(ABG, A=3.0, B=4.0, G=5.0),
            source({"g": leaf("G", "sum"), "a": leaf("A")}, A=0.5, G=0.25),
            source(AB, A=2.0, B=1.0),
        ]
        cells = {
            "A": [1.0, 3.0, 0.5, 2.0],
            "B": [2.0, 4.0, None, 1.0],
            "G": [None, 5.0, 0.25, None],
        }
        for order in itertools.permutations(range(4)):
            result = blend(*(inputs[i] for i in order))
            assert result.values == {"meta.a": 3.0, "meta.b": 7.0, "meta.g": 5.25}
            for column, values in cells.items():
                assert result.table[column].tolist() == [values[i] for i in order]

    def test_columns(self, blend):
        one = source(AB, A=1.0, **{"meta.free": 3})
        other = source({"g": leaf("G"), **AB, "h": leaf("H")}, G=1.0, A=1.0, B=1.0, H=2.0)
        override = Override(attribute="meta.free", record=True)
        assert blend(one, other, overrides=[override]).table.colnames == [
            "A",
            "B",
            "G",
            "H",
            "meta.free",
        ]
        assert blend(other, one, overrides=[override]).table.colnames == [
            "G",
            "A",
            "B",
            "H",
            "meta.free",
        ]

    def test_a_source_is_asked_for_its_own_attributes_alone(self, blend):
        inputs = [
            source(AB, A=1.0, G=9.0),
            source(ABG, G=1.0, **{"meta.free": 2}),
            source(AB, A=1.0, G=7.0),
        ]
        assert blend(*inputs).values["meta.g"] == 1.0
        assert [set(each["asked"]) for each in inputs] == [
            {"meta.a", "meta.b"},
            {"meta.a", "meta.b", "meta.g", "meta.free"},
            {"meta.a", "meta.b"},
        ]

    def test_a_schema_that_grows(self, blend):
        """The same object for all inputs, with more in it each time."""
        shared = schema_of(a=leaf("A"))

        def inputs():
            for name in "bcd":
                shared["properties"]["meta"]["properties"][name] = leaf(name.upper(), "sum")
                yield {"schema": shared, "values": {"A": 1.0, "B": 2.0, name.upper(): 3.0}}

        result = blend(inputs())
        assert result.table["B"].tolist() == [3.0, 2.0, 2.0]
        assert result.table["C"].tolist() == [None, 3.0, None]
        assert result.values["meta.d"] == 3.0

    def test_the_same_schema_in_another_object(self, blend):
        inputs = [source(copy.deepcopy(AB), A=float(i), B=1.0) for i in range(5)]
        assert blend(*inputs).values == {"meta.a": 4.0, "meta.b": 5.0}

    def test_beyond_its_schema(self, blend):
        inputs = [
            source(AB, A=1.0),
            source(AB, A=2.0, **{"meta.free": 4}),
            source(AB, **{"meta.free": 6}),
        ]
        for order in itertools.permutations(inputs):
            assert blend(*order, overrides={"meta.free": "mean"}).values["meta.free"] == 5.0

    def test_what_one_schema_knows_another_has_beyond_its_own(self, blend):
        inputs = [source(AB, A=1.0, **{"meta.g": 4.0}), source(ABG, G=6.0)]
        for order in itertools.permutations(inputs):
            result = blend(*order)
            assert result.values["meta.g"] == 10.0
            assert sorted(result.table["G"]) == [4.0, 6.0]

    def test_values_of_another_attribute(self, blend):
        """What a later schema asks for has been read from the inputs before."""
        silent = {"type": "number"}  # no rule, no keyword, no column
        one = source({"s": silent, "a": leaf("A")}, **{"meta.s": 2.0, "A": 1.0})
        total = {"t": {"type": "number", "blend_rule": "sum", "blend_from": "meta.s"}}
        other = source({"s": silent, **total}, **{"meta.s": 5.0})
        for order in itertools.permutations([one, other]):
            assert blend(*order).values["meta.t"] == 7.0

    def test_an_input_that_is_left_out(self, blend):
        bad = {**source({**ABG, "a": leaf("A", "min")}, G=1.0), "bad": True}
        result = blend(source(AB, A=1.0), bad, source(AB, A=2.0), on_bad_input="skip")
        assert "meta.g" not in result.plan
        assert result.values == {"meta.a": 2.0}
        result = blend(bad, source(AB, A=1.0), on_bad_input="skip")
        assert "meta.g" not in result.plan
        assert result.plan["meta.a"].name == "max"

    def test_a_later_schema_that_cannot_be_used(self, blend):
        wrong = source({**AB, "g": {"type": "float"}}, A=1.0)
        with pytest.raises(
            PluginError, match=r"given 1.0 \[given\] cannot be used for input 2.*meta\.g|g: "
        ):
            blend(source(AB, A=1.0), wrong)


class TestSchemasThatDisagree:
    def test_on_the_rule(self, blend):
        inputs = [source(AB, A=1.0), source({**AB, "a": leaf("A", "mean")}, A=2.0)]
        for order in (inputs, inputs[::-1]):
            with pytest.raises(OverrideConflictError, match=r"disagree on meta\.a \(A\)") as caught:
                blend(*order)
            assert "max for plain" in str(caught.value)
            assert "like input 2 (dict)" in str(caught.value)
            assert blend(*order, overrides={"A": "min"}).values["meta.a"] == 1.0

    def test_on_whether_it_is_recorded(self, blend):
        silent = {"a": {**leaf("A"), "blend_table": False}}
        for order in itertools.permutations(
            [source(silent, A=1.0), source({"a": leaf("A")}, A=2.0)]
        ):
            assert sorted(blend(*order).table["A"]) == [1.0, 2.0]

    def test_integers_and_numbers_are_numbers(self, blend):
        whole = {"a": {**leaf("A", "sum"), "type": "integer"}}
        for order in itertools.permutations(
            [source(whole, A=2), source({"a": leaf("A", "sum")}, A=0.5)]
        ):
            result = blend(*order)
            assert result.values["meta.a"] == 2.5
            assert sorted(result.table["A"]) == [0.5, 2.0]

    def test_on_the_type(self, blend):
        text = {"a": {**leaf("A", "multi"), "type": "string"}}
        number = {"a": leaf("A", "multi")}
        for order in itertools.permutations([source(text, A="x"), source(number, A=0.5)]):
            with pytest.warns(BlendWarning, match=r"disagree on meta.a \(A\): its type is") as told:
                result = blend(*order, overrides=[Override(attribute="A", record=False)])
            assert len(told) == 1
            assert result.values["meta.a"] == "MULTIPLE"

    @pytest.mark.parametrize(
        ("change", "subject"),
        [({"title": "[d] Time"}, "its unit is 's'"), ({"fits_hdu": "SCI"}, "its HDU is 'PRIMARY'")],
    )
    def test_on_what_does_not_change_the_plan(self, blend, change, subject):
        one = {"a": leaf("A", title="[s] Time")}
        other = {"a": {**one["a"], **change}}
        with pytest.warns(BlendWarning, match=subject) as told:
            result = blend(source(one, A=1.0), source(other, A=2.0))
        assert "in that of input 1 (dict)" in str(told[0].message)
        assert result.values["meta.a"] == 2.0

    def test_on_a_list(self, blend):
        lists = {"a": {"type": "array", "fits_keyword": "A"}}
        with (
            pytest.warns(BlendWarning, match="its type is"),
            pytest.raises(OverrideConflictError, match=r"disagree on meta\.a"),
        ):
            blend(
                source({"a": {"type": "number", "fits_keyword": "A"}}, A=1.0), source(lists, A=[1])
            )

    def test_values_are_those_that_some_schema_allows(self, blend):
        one = {"a": {**leaf("A", "multi"), "type": "string", "enum": ["x"]}}
        other = {"a": {**one["a"], "enum": ["y"]}}
        result = blend(source(one, A="x"), source(other, A="y"), overrides={"A": "last"})
        assert result.values["meta.a"] == "y"
        with pytest.warns(BlendWarning, match="forbids the blended value 'MULTIPLE'"):
            assert blend(source(one, A="x"), source(other, A="y")).values == {}
