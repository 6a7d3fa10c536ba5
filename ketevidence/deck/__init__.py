"""Evidence on slides: a deck for PowerPoint, and a folder of figures with a page that shows them."""

from ketevidence.deck.building import build
from ketevidence.deck.figures import figures

__all__ = ["build", "figures"]
