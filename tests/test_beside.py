"""What is done side by side is what is done one after the other."""

import threading

import faiss
import pytest
from matching import invent_profiles

from matchmaker import Matchmaker
from matchmaker.rank import supply
from matchmaker.rank.beside import do_both


@pytest.fixture(params=[1, 2], ids=["one after the other", "side by side"])
def threads(request):
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(request.param)
    yield request.param
    faiss.omp_set_num_threads(before)


def test_both_are_done_by_as_many_threads_as_there_are_to_spare(threads):
    names = do_both(lambda: [threading.current_thread().name], lambda: [threading.current_thread().name])
    assert len({name for each in names for name in each}) == threads
    alone = do_both(lambda: [threading.get_ident()], lambda: [threading.get_ident()], beside=False)
    assert alone[0] == alone[1] == [threading.get_ident()]


def test_what_goes_wrong_on_either_side_is_told(threads):
    for sides in ((lambda: 1 / 0, list), (list, lambda: 1 / 0)):
        with pytest.raises(ZeroDivisionError):
            do_both(*sides)


def test_a_search_finds_the_same_either_way(threads, monkeypatch):
    engine = Matchmaker(quality="fast").fit(invent_profiles("achievement", 60))
    needs = invent_profiles("need", 8)
    expected = engine.shortlist(needs)
    monkeypatch.setattr(supply, "MANY", 1)
    assert engine.shortlist(needs) == expected
    assert [engine.shortlist([need])[0] for need in needs] == expected
