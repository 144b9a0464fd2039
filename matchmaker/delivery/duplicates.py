"""Groups of duplicates as a table: one row a member, with what holds it to the others."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from matchmaker.duplicates import DuplicateGroup
from matchmaker.records import Profile
from matchmaker.tables import write_csv
from matchmaker.tables.evidence import write_number

DUPLICATE_HEADER = ("group", "kind", "id", "title", "organisation", "like", "similarity", "reason")


def write_duplicates(
    path: str | os.PathLike[str], profiles: Sequence[Profile], groups: Sequence[DuplicateGroup], *, lang: str = "zh"
) -> None:
    """Write groups as CSV; a header only when there are none.

    Parameters
    ----------
    path : str or path
        The file; one that exists is replaced.
    profiles : sequence of Profile
        The register.
    groups : sequence of DuplicateGroup
        As `find_duplicates` returned them.
    lang : {"zh", "en"}
        Language of the error.

    Raises
    ------
    TableError
        If the file cannot be written; what was there before stays as it was.
    """
    write_csv(path, DUPLICATE_HEADER, _rows(profiles, groups), lang=lang)


def _rows(profiles: Sequence[Profile], groups: Sequence[DuplicateGroup]) -> Iterator[tuple[str | int, ...]]:
    register = {profile.id: profile for profile in profiles}
    for number, group in enumerate(groups, start=1):
        for name in group.members:
            # The first of a group is what the others are like; each other row tells its best link.
            links = [link for link in group.links if link.second == name] or [
                link for link in group.links if name in (link.first, link.second)
            ]
            best = max(links, key=lambda link: link.similarity)
            profile = register[name]
            yield (
                number,
                best.kind,
                name,
                profile.title,
                profile.organisation,
                best.first if best.second == name else best.second,
                write_number(best.similarity, 4),
                best.reason,
            )
