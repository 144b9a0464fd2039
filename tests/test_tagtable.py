"""Attributes as arrays, against the attributes themselves."""

import json
from collections.abc import Sequence

import numpy as np
import pytest
from attributes import TAG_LISTS, TAGS
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.columns import Tags
from matchmaker.rank.tagtable import MODES, TagTable, describe, number_classes, number_names, read_described
from matchmaker.terms import TermRows, number_words
from matchmaker.text import tagging


class Decoding(Sequence):
    """Attributes that are decoded whenever they are asked for, and a count of that."""

    def __init__(self, tags):
        self.lines = [json.dumps(describe(one)) for one in tags]
        self.asked = 0

    def __len__(self):
        return len(self.lines)

    def __getitem__(self, row):
        self.asked += 1
        return read_described(json.loads(self.lines[row]))


def same(one, other):
    """Whether two tables are equal: arrays to the last bit and of one type, and what is described."""
    first, second = one.arrays(), other.arrays()
    assert first.keys() == second.keys()
    for name, array in first.items():
        assert array.dtype == second[name].dtype, name
        assert array.tobytes() == second[name].tobytes(), name
    return list(one.described) == list(other.described)


def decoding(tags):
    return TagTable.from_arrays(TagTable.of(tags).arrays(), Decoding(tags))


@given(TAG_LISTS)
def test_arrays_say_what_the_attributes_say(tags):
    table = TagTable.of(tags)
    assert len(table) == len(tags)
    for row, one in enumerate(tags):
        for name in ("field", "organisation", "likely_field"):
            written = getattr(one, name)
            assert getattr(table, name)[row] == (number_words([written])[0] if written else 0)
        assert (table.maturity[row], table.field_confidence[row]) == (one.maturity, one.field_confidence)
        assert {name for bit, name in enumerate(MODES) if table.modes[row] >> bit & 1} == one.modes
        assert table.has_quantities[row] == bool(one.quantities)
        assert (table.industry[row] != 0) == (one.industry is not None)
        if one.industry is not None:
            assert table.industry[row] == number_words([one.industry.code])[0]
            assert table.industry_confidence[row] == one.industry.confidence
        for name in ("region", "codes", "subjects"):
            found = getattr(table, name)
            here = found.places[found.bounds[row] : found.bounds[row + 1]]
            assert found.terms[here].tolist() == sorted(set(number_words(list(getattr(one, name))).tolist()))


@given(st.lists(TAG_LISTS, max_size=3), st.lists(st.booleans(), min_size=3, max_size=3))
def test_tables_put_together_are_the_rows_taken_at_once(blocks, lazily):
    tables = [decoding(tags) if lazy else TagTable.of(tags) for tags, lazy in zip(blocks, lazily, strict=False)]
    assert same(TagTable.join(tables), TagTable.of([one for tags in blocks for one in tags]))


@given(TAG_LISTS, TAG_LISTS, st.data())
def test_taken_rows_are_as_if_put_there_alone(first, second, data):
    both = [*first, *second]
    rows = np.array(data.draw(st.lists(st.sampled_from(range(len(both))))) if both else [], np.int64)
    wanted = TagTable.of([both[row] for row in rows])
    for one, other in ((TagTable.of(first), TagTable.of(second)), (decoding(first), decoding(second))):
        joined = TagTable.join([one, other])
        assert same(joined.take(rows), wanted)
        # Also rows of rows, and a table joined with what was taken from it.
        assert same(joined.take(rows).take(np.arange(len(rows))[::-1]), wanted.take(np.arange(len(rows))[::-1]))
        assert same(TagTable.join([joined.take(rows), other]), TagTable.join([wanted, TagTable.of(second)]))


@given(TAG_LISTS)
def test_stored_arrays_are_taken_back_without_a_copy(tags):
    table = TagTable.of(tags)
    again = TagTable.from_arrays(table.arrays(), table.described)
    assert same(again, table)
    assert all(array is again.arrays()[name] for name, array in table.arrays().items())


def test_nothing_is_decoded_before_it_is_asked_for():
    source = Decoding([Tags(maturity=level) for level in range(1, 6)])
    table = TagTable.from_arrays(TagTable.of(list(source)).arrays(), source)
    source.asked = 0
    some = TagTable.join([table, TagTable.of([Tags()])]).take(np.array([3, 5, 0]))
    assert source.asked == 0
    assert [one.maturity for one in some.described[1:]] == [-1, 1] and source.asked == 1
    assert some.described[-3].maturity == 4


def test_arrays_of_other_rows_are_refused():
    arrays = TagTable.of([Tags(), Tags()]).arrays()
    with pytest.raises(ValueError, match="1 rows"):
        TagTable.from_arrays(arrays, [Tags()])
    short = arrays | {f"codes-{name}": array for name, array in TermRows.of([[1]]).arrays().items()}
    with pytest.raises(ValueError, match="2 rows"):
        TagTable.from_arrays(short, [Tags(), Tags()])


def test_names_of_arrays_can_be_names_of_files():
    names = TagTable.of([]).arrays().keys()
    assert {"field", "modes", "region-terms", "subjects-counts"} <= names
    assert all(name.replace("-", "_").isidentifier() and name.islower() for name in names)


@given(st.lists(st.text(max_size=3)))
def test_only_the_empty_name_has_no_number(names):
    numbers = number_names(names)
    assert numbers.dtype == np.uint64
    assert [number == 0 for number in numbers] == [name == "" for name in names]
    assert number_classes(names).all()


def test_every_way_to_work_together_has_a_bit():
    assert set(MODES) == set(tagging.MODES)
    with pytest.raises(ValueError, match="租赁"):
        TagTable.of([Tags(modes=frozenset({"转让", "租赁"}))])


@given(TAGS)
def test_described_attributes_are_read_back_unchanged(tags):
    # Strict JSON, without the words for infinity that only Python reads.
    written = json.dumps(describe(tags), allow_nan=False)
    assert read_described(json.loads(written)) == tags
    assert read_described(describe(tags)) == tags


@given(TAGS)
def test_sets_are_described_in_order_and_what_is_unknown_not_at_all(tags):
    found = describe(tags)
    for name in ("modes", "codes", "subjects", "methods"):
        assert found.get(name, []) == sorted(getattr(tags, name))
    assert all(getattr(tags, name) != getattr(Tags(), name) for name in found)
    assert describe(Tags()) == {}
