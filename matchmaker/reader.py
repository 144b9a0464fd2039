"""What an engine can tell of profiles without any register: what they say, how complete they are, which are alike.

And by which encoder: tuning it changes how everything is read from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np

from matchmaker.duplicates import DuplicateGroup, find_duplicates
from matchmaker.languages import Lang
from matchmaker.records import Profile
from matchmaker.text.analysis import Analyst
from matchmaker.text.encoding import BundledEncoder, tunable_folder
from matchmaker.text.vectors import CachedEncoder
from matchmaker.understanding import NeedCheck, Understanding


class Reader:
    """The part of the engine that reads; `Matchmaker` is one."""

    lang: Lang
    cache: Path | None
    _analyst: Analyst

    def understand(
        self, profiles: Iterable[Profile], progress: Callable[[str, int, int], None] | None = None
    ) -> list[Understanding]:
        """Say what each profile says and what it is about, in the order given.

        Parameters
        ----------
        profiles : Records of Profile
            Achievements, needs, or both.
        progress : callable, optional
            Called as ``progress(stage, done, total)``.

        Examples
        --------
        >>> from matchmaker import Matchmaker
        >>> need = Profile(id="N-1", kind="need", title="全钒液流电池隔膜", description="要求面电阻≤0.5 Ω·cm2")
        >>> understood = Matchmaker().understand([need])[0]
        >>> [(element.kind, element.text) for element in understood.elements][-1]
        ('target', '面电阻≤0.5 Ω·cm2')
        """
        return self._analyst.understand(list(profiles), progress)

    def check(self, needs: Iterable[Profile]) -> list[NeedCheck]:
        """Say how complete each need is, what is missing and what to ask, in the order given.

        Examples
        --------
        >>> from matchmaker import Matchmaker
        >>> need = Profile(id="N-1", kind="need", title="环氧树脂生产提高收率")
        >>> Matchmaker().check([need])[0].questions[0]
        '“提高收率”：目前收率是多少，希望提高到多少，怎么测？'
        """
        return self._analyst.check(list(needs), self.lang)

    def duplicates(self, profiles: Iterable[Profile]) -> list[DuplicateGroup]:
        """Find profiles of one register that seem to be the same, grouped; nothing is merged (`find_duplicates`).

        Examples
        --------
        >>> from matchmaker import Matchmaker
        >>> rows = [Profile(id=name, kind="need", title="海参育苗水质在线监测") for name in ("N-1", "N-2")]
        >>> Matchmaker().duplicates(rows)[0].members
        ('N-1', 'N-2')
        """
        return find_duplicates(list(profiles), lang=self.lang)

    def read_with(self, weights: Mapping[str, np.ndarray]) -> None:
        """Go on with a tuned encoder; whatever is indexed was read by the one before.

        What texts are about is still told by the shipped one: what counts as near to a class was measured with it.
        """
        before = self._analyst
        encoder = BundledEncoder(tunable_folder(before.encoder.encoder), weights=weights)
        self._analyst = Analyst(before.segmenter, CachedEncoder(encoder, self.cache), before.classifier)

    @property
    def weights(self) -> Mapping[str, np.ndarray]:
        """What tuning changed in the encoder (`Matchmaker.learn`); empty for one that was not tuned."""
        encoder = self._analyst.encoder.encoder
        return encoder.weights if isinstance(encoder, BundledEncoder) else {}
