"""Registers too large to hold: indexed and shortlisted part by part, by several processes, and gone on with if killed.

A part is finished when its file and the note that describes it lie in their places; a run that finds them so does not
do the part again. Everything else about a run can be made anew from the two registers.
"""

from matchmaker.batch.answers import StreamedShortlists
from matchmaker.batch.indexing import IndexUpdate, update_index
from matchmaker.batch.shortlisting import stream_shortlists

__all__ = ["IndexUpdate", "StreamedShortlists", "stream_shortlists", "update_index"]
