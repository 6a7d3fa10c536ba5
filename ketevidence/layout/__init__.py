"""Rows of text with room for marks between them: the frame of every chart of rows.

A row has a label at the left and short columns at the right; long labels are broken into
lines and the row grows with them. Heights are in points, so that no text can overlap
whatever the number of rows. A chart without rows has a plane with the same words around it.
"""

from ketevidence.layout.placing import TooManyRows, place, plane
from ketevidence.layout.texts import Page, Row, beside, room

__all__ = ["Page", "Row", "TooManyRows", "beside", "place", "plane", "room"]
