"""A column gives back what it was given: the same values, of the same types, to the last bit."""

import math
import pickle
import struct
import sys
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from thoroughness import examples

from blender_core.inputs.column import Column, Repeated, kinds_of
from blender_core.inputs.columns import Columns
from blender_core.schema.attributes import Attribute, unknown_attribute
from blender_core.schema.layout import Layout


class Text(str):
    """A text that is not a plain one."""

    __slots__ = ()


QUIET, SIGNALLING = struct.unpack("<2d", bytes.fromhex("01000000 0000f87f 01000000 0000f0ff"))
ALIKE = [1, 1.0, True, 0, 0.0, -0.0, False, None, "", "1", Text("1"), math.nan, QUIET, SIGNALLING]

scalars = st.one_of(
    st.sampled_from(ALIKE),
    st.floats(),
    st.integers(min_value=-(2**70), max_value=2**70),
    st.sampled_from([2**63 - 1, -(2**63), 2**63, 10**30]),
    st.text(max_size=3),
    st.text(max_size=3).map(Text),
    st.booleans(),
)
values = st.one_of(scalars, st.lists(scalars, max_size=2))
columns_of_one_kind = st.one_of(
    *(st.lists(kind) for kind in (st.floats(), st.integers(), st.text(max_size=1), scalars))
)
LAYOUT = Layout([Attribute("meta.a")])


def in_another_process(given):
    """Return what another process gets."""
    return pickle.loads(pickle.dumps(given))  # noqa: S301


def exact(value):
    """Return what two values share exactly when they are the same to the bit."""
    if isinstance(value, float):
        return float, struct.pack("<d", value)
    if isinstance(value, list):
        return list, tuple(map(exact, value))
    return type(value), value


def is_nan(value):
    return isinstance(value, float) and math.isnan(value)


def texts_apart(values):
    """Return the values, with texts that are equal and not the same object."""
    return ["".join([*value]) if type(value) is str else value for value in values]


def columns_of(values, pieces=()):
    """Return columns of these values, put together of pieces of so many."""
    whole = Columns()
    for size in pieces:
        piece = Columns()
        for value in values[:size]:
            piece.append(LAYOUT, [value])
        values = values[size:]
        whole.extend(in_another_process(piece) if size % 2 else piece)
    for value in values:
        whole.append(LAYOUT, [value])
    return whole


class TestExactness:
    @settings(max_examples=examples(40))
    @given(st.lists(values), st.lists(st.integers(0, 9)), st.sampled_from([0, 1, 250, 300]))
    def test_in_pieces(self, values, pieces, n_before):
        values = [1.5] * n_before + texts_apart(values)
        column = columns_of(values, [n_before // 2, *pieces]).by_attribute().get("meta.a", ())
        assert [exact(value) for value in column] == [exact(value) for value in values]

    @given(columns_of_one_kind.filter(len), st.integers(1, 40), st.integers(0, 400))
    def test_in_blocks(self, some, times, at):
        values = texts_apart(some * times)
        column = columns_of(values).by_attribute()["meta.a"]
        expected = [exact(value) for value in values]
        assert [exact(value) for value in column] == expected
        assert [exact(value) for value in in_another_process(column)] == expected
        at %= len(values)
        assert exact(column[at]) == expected[at]
        assert exact(column[at - len(values)]) == expected[at]
        assert [exact(value) for value in column[at : at + 7]] == expected[at : at + 7]
        assert [exact(value) for value in column[at::3]] == expected[at::3]
        assert len(column) == len(values)
        assert kinds_of(column) == set(map(type, values))

    @given(columns_of_one_kind, st.integers(1, 40))
    def test_as_a_tuple(self, some, times):
        values = tuple(some * times)
        column = Column() if not values else columns_of(values).by_attribute()["meta.a"]
        for value in (*ALIKE, *some[:3]):
            if not is_nan(value):
                assert column.count(value) == values.count(value)
                assert (value in column) is (value in values)
        if not any(map(is_nan, values)):
            assert column == values
            assert values == column
            assert column != (*values, 1)
        assert column != "text"

    @pytest.mark.parametrize("other", ALIKE)
    @pytest.mark.parametrize("value", ALIKE)
    def test_one_that_is_alike(self, value, other):
        values = [value] * 300 + [other] * 300 + [value, other]
        column = columns_of(values).by_attribute()["meta.a"]
        assert [exact(each) for each in column] == [exact(each) for each in values]

    def test_an_object_is_never_compared(self):
        class Hostile:
            def __eq__(self, other):
                raise AssertionError

            __hash__ = None

        values = [Hostile(), Hostile()] * 300
        column = columns_of(values).by_attribute()["meta.a"]
        assert [*map(id, column)] == [*map(id, values)]


class TestColumn:
    def test_what_is_said_once(self):
        values = texts_apart(["ab"] * 1000)
        (part,) = columns_of(values).by_attribute()["meta.a"].parts
        assert part == Repeated(1000, "ab")

    def test_texts_are_shared(self):
        column = columns_of(texts_apart(["ab", "cd"] * 100)).by_attribute()["meta.a"]
        assert len({*map(id, column)}) == 2

    def test_it_does_not_change(self):
        columns = columns_of([1, 2])
        early = columns.by_attribute()["meta.a"]
        columns.extend(columns_of([3] * 600))
        assert early == (1, 2)
        assert len(columns.by_attribute()["meta.a"]) == 602

    def test_places_that_are_not_there(self):
        column = columns_of([1, 2]).by_attribute()["meta.a"]
        with pytest.raises(IndexError):
            column[2]
        with pytest.raises(ValueError):  # noqa: PT011  # as of a tuple
            column.index(3)

    @pytest.mark.parametrize("values", [["a"] * 20, [*range(20)], ["a"] * 10 + ["b"] * 600])
    def test_no_values_at_all(self, values):
        column = columns_of(values * 20).by_attribute()["meta.a"]
        for part in (slice(5, 3), slice(5, 5), slice(30, 0), slice(10**6, None)):
            assert column[part] == ()
            assert [*column[part]] == []
            assert column[part].uniform is None

    def test_where_a_value_is(self):
        values = (*range(300), *range(300))
        column = columns_of(values).by_attribute()["meta.a"]
        for value, *bounds in [(7,), (7, 8), (299, -1), (7, -300), (3, -600, -590)]:
            assert column.index(value, *bounds) == values.index(value, *bounds)

    @pytest.mark.parametrize("values", [[*range(999)], [i / 2 for i in range(999)], [*"ab"] * 500])
    def test_pieces_of_one_value_are_put_together(self, values):
        """As they come where every second input is read by another process."""
        column = columns_of(values, [1] * len(values)).by_attribute()["meta.a"]
        assert column == tuple(values)
        assert len(column.parts) < 9

    def test_few_are_shown(self):
        column = columns_of([*range(1000)]).by_attribute()["meta.a"]
        assert repr(column) == "<Column of 1,000: 0, 1, 2, 3, 4, …>"


class TestSeveralLayouts:
    ONE = Layout(map(Attribute, ["meta.a", "meta.b"]))
    OTHER = Layout([Attribute("meta.b"), Attribute("meta.c", known=False)])

    def rows(self, number, start=0):
        for i in range(start, start + number):
            layout = self.OTHER if i % 3 == 2 else self.ONE
            beyond = [(unknown_attribute("meta.d"), i)] if i % 5 == 0 else ()
            yield layout, [i, -i], beyond

    def expected(self, number):
        return {
            "meta.a": tuple(None if i % 3 == 2 else i for i in range(number)),
            "meta.b": tuple(i if i % 3 == 2 else -i for i in range(number)),
            "meta.c": tuple(-i if i % 3 == 2 else None for i in range(number)),
            "meta.d": tuple(None if i % 5 else i for i in range(number)),
        }

    @pytest.mark.parametrize("number", [1, 7, 256, 257, 1000])
    def test_by_turns(self, number):
        columns = Columns()
        for row in self.rows(number):
            columns.append(*row)
        expected = {
            path: want
            for path, want in self.expected(number).items()
            if any(want) or path != "meta.c"
        }
        assert columns.by_attribute() == expected
        combinations = list(columns.combinations(self.OTHER, ["meta.c", "meta.d", "meta.e"]))
        assert combinations == [
            (-i, None if i % 5 else i, None) for i in range(number) if i % 3 == 2
        ]

    @pytest.mark.parametrize("is_pickled", [False, True])
    @pytest.mark.parametrize("sizes", [[3, 4], [300, 10], [10, 300], [256, 256, 256], [700, 1]])
    def test_put_together(self, sizes, is_pickled):
        whole, start = Columns(), 0
        for size in sizes:
            piece = Columns()
            for row in self.rows(size, start):
                piece.append(*row)
            piece.labels.add(start, size)
            start += size
            whole.extend(in_another_process(piece) if is_pickled else piece)
        assert whole.by_attribute() == self.expected(start)
        assert len(whole) == start
        assert list(whole.unknown) == ["meta.d", "meta.c"]
        assert whole.labels.n_inputs(start) == start
        # A layout is known again by what it has.
        alike = Layout([*self.OTHER.attributes])
        assert (
            len(list(whole.combinations(alike if is_pickled else self.OTHER, ["meta.c"])))
            == start // 3
        )
        assert whole.attributes_beyond(self.OTHER) == {"meta.d": [unknown_attribute("meta.d")]}

    @pytest.mark.parametrize(("n_before", "number"), [(40, 30), (200, 300), (300, 20)])
    @pytest.mark.parametrize("is_pickled", [False, True])
    def test_interruptions(self, is_pickled, n_before, number):
        """Wherever one comes, what others' rows have left of themselves can be taken out."""
        piece = Columns()
        for i, row in enumerate(self.rows(number, n_before)):
            piece.append(row[0], row[1], [*row[2], (unknown_attribute("meta.new"), 1)])
            piece.labels.add(n_before + i, 1, ["one of several"])
        piece = in_another_process(piece) if is_pickled else piece
        step = n_interrupted = 1
        while step:
            columns, n_lines = Columns(), 0
            for i, row in enumerate(self.rows(n_before)):
                columns.append(*row)
                columns.labels.add(i, 1)

            def interrupt(_frame, event, _argument, step=step):
                nonlocal n_lines
                n_lines += event == "line"
                if event == "line" and n_lines == step:
                    raise KeyboardInterrupt
                return interrupt

            before = columns.so_far
            sys.settrace(interrupt)
            try:
                columns.extend(piece)
            except KeyboardInterrupt:
                columns.cut(before)
                step += max(1, step // 8)
                n_interrupted += 1
            else:
                step = 0
            finally:
                sys.settrace(None)
            if step:
                assert columns.by_attribute() == self.expected(n_before)
                assert list(columns.unknown) == ["meta.d", "meta.c"]
                assert columns.labels.noun == "input"
                assert columns.labels.so_far == (n_before, n_before)
        assert n_interrupted > 20
        assert columns.by_attribute()["meta.a"][n_before:] == piece.by_attribute()["meta.a"]
        assert columns.labels.so_far == (n_before + number, n_before + number)

    def test_of_other_inputs(self):
        """Inputs of another class of which the same is wanted are told apart."""
        layouts = [Layout([Attribute("meta.a")], of=name) for name in ("A", "B")]
        pieces = []
        for value, layout in enumerate(layouts):
            piece = Columns()
            piece.append(layout, [value])
            pieces.append(in_another_process(piece))
        whole = Columns()
        for piece in pieces:
            whole.extend(piece)
        for value, layout in enumerate(layouts):
            assert list(whole.combinations(layout, ["meta.a"])) == [(value,)]

    def test_what_is_pickled_is_small(self):
        """So that columns can be sent: not the schema, and what is said once only once."""
        layout = Layout(Attribute(f"meta.a{i}", title="a title" * 100) for i in range(400))
        columns = Columns()
        for i in range(256):
            columns.append(
                layout, [*(f"text{j}" for j in range(390)), *(i + 0.5 for _ in range(10))]
            )
        assert len(pickle.dumps(columns)) < 256 * (10 * 8 + 80)


def test_memory():
    """Inputs that are alike but for a few values take memory for these alone."""
    layout = Layout(Attribute(f"meta.a{i}") for i in range(120))
    columns, number = Columns(), 4_000
    row = [f"text {i}" for i in range(120)]
    tracemalloc.start()
    try:
        for i in range(number):
            numbers = [i + j / 4 for j in range(20)]
            columns.append(layout, (*numbers, f"exposure {i}", i, "AB"[i % 2], *row[23:]))
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size / number < 0.6 * 1024
    assert columns.by_attribute()["meta.a20"][-1] == "exposure 3999"
