"""The register that an engine holds: indexed, added to, removed from, never in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Self

import numpy as np

from matchmaker.errors import NotFittedError, UnknownIdError
from matchmaker.identities import list_ids, refuse_twins
from matchmaker.rank.segments import Segment
from matchmaker.rank.supply import Supply
from matchmaker.reader import Reader
from matchmaker.records import Profile, Records
from matchmaker.register import Register
from matchmaker.text.analysis import READING

Progress = Callable[[str, int, int], None]

# Achievements read at once: bounds memory, and sets how often progress is told.
BLOCK = 32_768


class Keeper(Reader):
    """The part of the engine that keeps a register; `Matchmaker` is one."""

    # Never changed but for another one: whoever reads goes on with the state in which it began.
    _supply: Supply | None = None

    def fit(self, achievements: Iterable[Profile], progress: Progress | None = None) -> Self:
        """Index a register of achievements, replacing any other; a learned reranker stays.

        Parameters
        ----------
        achievements : Records of Profile
        progress : callable, optional
            Called as ``progress(stage, done, total)``.

        Raises
        ------
        RecordError
            When an id stands twice.
        """
        self._supply = self._extend(None, list(achievements), progress)
        return self

    def add(self, achievements: Iterable[Profile], progress: Progress | None = None) -> Self:
        """Add achievements; the result is the same as fitting the longer register afresh."""
        self._supply = self._extend(self._supply, list(achievements), progress)
        return self

    def update(self, achievements: Iterable[Profile], progress: Progress | None = None) -> Self:
        """Replace the achievements that have these ids and add those that are new, in one step.

        The result is the same as fitting afresh the register without the old ones and with these at its end.

        Examples
        --------
        >>> from matchmaker import Matchmaker
        >>> old = [Profile(id=title, kind="achievement", title=title) for title in ("电解液", "隔膜")]
        >>> new = Profile(id="电解液", kind="achievement", title="低温电解液")
        >>> [one.title for one in Matchmaker(quality="fast").fit(old).update([new]).achievements]
        ['隔膜', '低温电解液']
        """
        supply, new = self.supply, list(achievements)
        refuse_twins(profile.id for profile in new)
        rows = [supply.rows[profile.id] for profile in new if profile.id in supply.rows]
        self._supply = self._extend(supply.remove(np.array(rows, np.int64)), new, progress)
        return self

    def _extend(self, supply: Supply | None, new: Sequence[Profile], progress: Progress | None) -> Supply:
        """Return a supply with more achievements; the one before stays as it is."""
        refuse_twins([*(Register(supply) if supply else ()), *(profile.id for profile in new)])
        if supply is None:
            supply = Supply(self._analyst.analyse(()).title_vectors.shape[1])
        for start in range(0, len(new), BLOCK):
            block = new[start : start + BLOCK]
            columns = self._analyst.analyse(block, _further(progress, start, len(block), len(new)))
            supply = supply.append(columns, block)
        if progress:
            progress("index", len(new), len(new))
        return supply

    def remove(self, ids: Iterable[str]) -> Self:
        """Remove achievements; the result is the same as fitting the shorter register afresh."""
        supply = self.supply
        gone = set(ids)
        unknown = sorted(gone - supply.rows.keys())
        if unknown:
            raise UnknownIdError(f"no achievement has the id {list_ids(unknown)}; nothing was removed")
        self._supply = supply.remove(np.array([supply.rows[name] for name in gone], np.int64))
        return self

    @property
    def achievements(self) -> Records[Profile]:
        """The register that is indexed, in its order."""
        return Records(tuple(Register(self._supply).values()) if self._supply else ())

    @property
    def reading(self) -> dict[str, object]:
        """How texts are read: what two engines with equal ones read can lie in one index."""
        return {
            "dictionary": self._analyst.segmenter.sha256,
            "vectors": self._analyst.encoder.fingerprint,
            "reading": READING,
        }

    def reads_as(self, settings: Mapping[str, object]) -> bool:
        """Tell whether an index with these settings (`reading`) can be gone on with.

        What an encoder without a fingerprint has read never can: it might be another's.
        """
        return bool(self._analyst.encoder.fingerprint) and all(
            settings[name] == value for name, value in self.reading.items()
        )

    def read(self, achievements: Sequence[Profile]) -> Segment:
        """Return achievements as a segment of an index, without adding them to this engine's or remembering them."""
        segment = Segment.of(self._analyst.analyse(achievements), achievements)
        self._analyst.forget()
        return segment

    @property
    def supply(self) -> Supply:
        """The index as it stands; it never changes but for another one.

        Raises
        ------
        NotFittedError
            When there is none yet.
        """
        if self._supply is None:
            raise NotFittedError("this engine has no register yet; call fit(achievements) first")
        return self._supply

    def serve(self, supply: Supply) -> Self:
        """Go on with another index, which was read as this engine reads (`reading`)."""
        self._supply = supply
        return self


def _further(progress: Progress | None, before: int, here: int, total: int) -> Progress | None:
    """Return how to tell the progress of a block of ``here`` profiles, ``before`` done already, as that of all."""
    if progress is None or here == 0:
        return progress

    def say(stage: str, done: int, of: int) -> None:
        steps = of // here  # encoding counts titles and texts, and texts twice where a tuned encoder reads
        progress(stage, before * steps + done, total * steps)

    return say
