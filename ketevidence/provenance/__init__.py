"""What a file was made from, carried inside the file: PNG, SVG, PDF, HTML, and the formats of Office.

A record is a dict of plain values: what is shown, from which evidence, the rows as drawn with
their keys and sources, how each frame was made, the words, the licence. It is written where the
format keeps what programs do not know: PNG iTXt, SVG metadata, PDF Info, custom XML parts.
"""

from ketevidence.provenance.carrying import drawing, pictured, printed, script
from ketevidence.provenance.finding import read
from ketevidence.provenance.office import stamped
from ketevidence.provenance.records import MOST_ROWS, Record, chosen, digest_of, record, rows_as_text

__all__ = [
    "MOST_ROWS",
    "Record",
    "chosen",
    "digest_of",
    "drawing",
    "pictured",
    "printed",
    "read",
    "record",
    "rows_as_text",
    "script",
    "stamped",
]
