"""The verdicts for machines: one ClaimReview of schema.org a statement."""

from __future__ import annotations

from typing import Any

from ketevidence import references, tables, wording
from ketevidence.dataset import Evidence

Thing = dict[str, Any]


def reviews(evidence: Evidence) -> Thing:
    """A graph of ClaimReview, one a statement.

    The rating is the place of the verdict among those that agree or disagree, in the order
    of their vocabulary, the best highest; a verdict that leaves the question open has words
    only. A statement of what the article leaves out is claimed by nobody: it names no author
    and no place where it appears.
    """
    known = evidence.sources.set_index("source_id")
    verdicts = evidence.schema.table("statements").column("verdict")
    scale = [value for value in verdicts.values if value not in verdicts.having_role("open")]
    curators = {"@type": "Organization", "name": evidence.schema.name}
    return {
        "@context": "https://schema.org",
        "@graph": [
            {
                "@type": "ClaimReview",
                "@id": f"#statement-{row.statement_id}",
                "url": f"#statement-{row.statement_id}",
                "identifier": row.statement_id,
                "inLanguage": "en",
                "author": curators,
                "datePublished": str(row.reviewed_on.date()),
                "version": evidence.version,
                "claimReviewed": row.statement,
                "itemReviewed": {"@type": "Claim"} | _made(row, known.loc[row.source_id]),
                "reviewBody": row.rationale,
                "reviewRating": _rating(row.verdict, verdicts.label(row.verdict), scale),
            }
            for row in tables.statements(evidence).itertuples()
        ],
    }


def _made(row: Any, article: Any) -> Thing:
    """Who made the claim and where; nobody for what the article leaves out."""
    if row.measure == "omission":
        return {}
    said = {"@type": "Article", "headline": article.title, "url": references.link(article)}
    author = next((name for name in (article.author, article.publisher) if not wording.missing(name)), None)
    claim: Thing = {"appearance": {key: value for key, value in said.items() if value}}
    return claim | ({"author": {"@type": "Organization", "name": author}} if author else {})


def _rating(verdict: str, label: str, scale: list[str]) -> Thing:
    rating: Thing = {"@type": "Rating", "alternateName": label}
    if verdict in scale:
        rating |= {"ratingValue": len(scale) - scale.index(verdict), "bestRating": len(scale), "worstRating": 1}
    return rating
