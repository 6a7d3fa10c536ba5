"""Sources as labels and references: Vancouver, CSL-JSON, BibTeX, RIS and other CSL styles.

`sources` is a table of sources or some of its rows, `source` one row: columns named after
CSL variables, ``pandas.NA`` for a missing cell. Authors stand as ``Family, G.; Family, G.;
others``. A name is a person's if initials follow its last comma, or if it is one word beside
other names; any other name is an organisation's and is never taken apart. `accessed` is the
day, YYYY-MM-DD, on which addresses were visited. A retracted work has ``RETRACTED:`` before
its title in every reference.
"""

from ketevidence.references.exchange import bibtex, csl_json, ris
from ketevidence.references.labels import labels
from ketevidence.references.styled import styled
from ketevidence.references.vancouver import numbered, vancouver
from ketevidence.references.works import link

__all__ = ["bibtex", "csl_json", "labels", "link", "numbered", "ris", "styled", "vancouver"]
