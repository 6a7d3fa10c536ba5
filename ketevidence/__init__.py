"""Evidence on what an article says, with the place of every figure in its source.

A tour in five lines::

    from ketevidence import audit, charts, load, tables

    evidence = load()                                # every table, typed, without faults
    tables.statements(evidence)                      # what the article says, and our verdict
    tables.evidence_for(evidence, "S14")             # the claims behind one verdict
    audit(evidence)                                  # what mechanical rules find
    charts.rates(tables.resistance_rates(evidence, condition="GAD"))

The tables are described in ``evidence/README.md``; ``evidence/datapackage.json`` is
their definition. Nothing here is medical advice.
"""

from ketevidence import charts, deck, effects, export, gallery, provenance, references, synthesis, tables, wording
from ketevidence.audit import audit
from ketevidence.check import EvidenceError, check
from ketevidence.dataset import Evidence, load
from ketevidence.showing import browse, show
from ketevidence.trace import trace

__all__ = [
    "Evidence",
    "EvidenceError",
    "audit",
    "browse",
    "charts",
    "check",
    "deck",
    "effects",
    "export",
    "gallery",
    "load",
    "provenance",
    "references",
    "show",
    "synthesis",
    "tables",
    "trace",
    "wording",
]
__version__ = "0.1.0"
