"""Adding to a register and removing from it, against fitting the register afresh."""

import dataclasses
import random
import threading

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from matching import HashEncoder, achievement, bundled, invent_profiles

from matchmaker import Matchmaker, Pair
from matchmaker.errors import RecordError, UnknownIdError

REGISTER = invent_profiles("achievement", 60)
NEEDS = invent_profiles("need", 14)


def fit(register=REGISTER):
    return Matchmaker(encoder=HashEncoder()).fit(register)


class Registers(RuleBasedStateMachine):
    """An engine that is added to and removed from, beside the plain list that it should equal."""

    @initialize()
    def begin(self):
        self.held, self.spare = [], list(invent_profiles("achievement", 16, sentences=1))
        self.engine = ENGINES[0].fit([])

    @rule(data=st.data())
    def add(self, data):
        count = data.draw(st.integers(0, min(4, len(self.spare))))
        new = [self.spare.pop(data.draw(st.integers(0, len(self.spare) - 1))) for _ in range(count)]
        self.engine.add(new)
        self.held += new

    @rule(data=st.data())
    def remove(self, data):
        gone = data.draw(st.sets(st.sampled_from([profile.id for profile in self.held]))) if self.held else set()
        self.engine.remove(gone)
        self.spare += [profile for profile in self.held if profile.id in gone]
        self.held = [profile for profile in self.held if profile.id not in gone]

    @invariant()
    def equals_a_fresh_fit(self):
        if hasattr(self, "engine"):
            fresh = ENGINES[1].fit(self.held)
            wanted = NEEDS[:4]
            assert self.engine.shortlist(wanted, k=5) == fresh.shortlist(wanted, k=5)
            assert list(self.engine.achievements) == self.held
            pairs = [Pair(one.id, other.id) for one in wanted for other in self.held[:3]]
            assert self.engine.score(wanted, pairs) == fresh.score(wanted, pairs)


ENGINES = [Matchmaker(encoder=HashEncoder(), candidates=8) for _ in range(2)]
Registers.TestCase.settings = settings(max_examples=12, stateful_step_count=8, deadline=None)
TestAddAndRemove = Registers.TestCase


@pytest.mark.parametrize("seed", range(2))
def test_adding_and_removing_equals_fitting_afresh_with_the_bundled_encoder(seed):
    rng = random.Random(seed)
    register, held = invent_profiles("achievement", 24, sentences=2), []
    engine = Matchmaker(encoder=bundled()).fit([])
    while register:
        new = [register.pop() for _ in range(min(len(register), rng.randint(1, 6)))]
        engine.add(new)
        held += new
        gone = {profile.id for profile in held if rng.random() < 0.2}
        engine.remove(gone)
        held = [profile for profile in held if profile.id not in gone]
    fresh = Matchmaker(encoder=bundled()).fit(held)
    assert len(held) > 5
    assert engine.shortlist(NEEDS) == fresh.shortlist(NEEDS)


def test_an_id_that_stands_twice_changes_nothing():
    engine = fit(REGISTER[:5])
    before = engine.shortlist(NEEDS)
    for attempt in (
        lambda: engine.add([REGISTER[7], REGISTER[2]]),
        lambda: engine.add([REGISTER[7], REGISTER[7]]),
        lambda: engine.fit([REGISTER[8], REGISTER[8]]),
    ):
        with pytest.raises(RecordError, match="stands twice"):
            attempt()
        assert engine.shortlist(NEEDS) == before and len(engine.achievements) == 5


def test_what_is_updated_is_as_if_fitted_afresh():
    changed = [dataclasses.replace(one, title=f"改进的{one.title}") for one in REGISTER[3:7]]
    new = [achievement("Z-1", "海参育苗"), *changed]
    engine = fit(REGISTER[:20]).update(new)
    held = [*REGISTER[:3], *REGISTER[7:20], *new]
    assert list(engine.achievements) == held
    assert engine.shortlist(NEEDS) == fit(held).shortlist(NEEDS)
    with pytest.raises(RecordError, match="stands twice"):
        engine.update([new[0], new[0]])
    assert list(engine.achievements) == held


def test_an_encoder_that_fails_leaves_the_register_as_it_was():
    class Moody(HashEncoder):
        def encode(self, texts):
            if any("坏" in text for text in texts):
                raise RuntimeError("no")
            return super().encode(texts)

    engine = Matchmaker(encoder=Moody()).fit(REGISTER[:5])
    before = engine.shortlist(NEEDS)
    for attempt in (engine.fit, engine.add):
        with pytest.raises(RuntimeError, match="no"):
            attempt([achievement("Z", "坏")])
        assert engine.shortlist(NEEDS) == before


def test_removing_what_is_not_there_changes_nothing():
    engine = fit()
    before = engine.shortlist(NEEDS)
    with pytest.raises(UnknownIdError, match=r"no achievement has the id 'X', 'Y'; nothing was removed"):
        engine.remove(["A-001", "Y", "X"])
    assert engine.shortlist(NEEDS) == before


def test_readers_in_other_threads_see_the_register_before_or_after_a_change_and_nothing_between():
    added = REGISTER[40:]
    engine = fit(REGISTER[:40])
    before = engine.shortlist(NEEDS)
    after = fit([*REGISTER[10:40], *added]).shortlist(NEEDS)
    halfway = fit(REGISTER[10:40]).shortlist(NEEDS)
    stop, seen = threading.Event(), []

    def read():
        while not stop.is_set():
            seen.append(engine.shortlist(NEEDS))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(4):
        engine.remove([profile.id for profile in REGISTER[:10]])
        engine.add(added)
        engine.serve(fit(REGISTER[:40]).supply)
    engine.remove([profile.id for profile in REGISTER[:10]])
    engine.add(added)
    stop.set()
    for reader in readers:
        reader.join()
    assert len(seen) >= 3
    assert all(found in (before, halfway, after) for found in seen)
    assert engine.shortlist(NEEDS) == after
