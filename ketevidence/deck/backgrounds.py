"""The background of a layout: which style of charts goes with it."""

from __future__ import annotations

import colorsys
from typing import Any

from ketevidence import style

_COLOUR = ".//*[local-name()='srgbClr' or local-name()='schemeClr' or local-name()='sysClr' or local-name()='prstClr']"
_WHITE = (1.0, 1.0, 1.0)


def fitting(layout: Any) -> str:
    """The medium for slides whose paper is nearest to the background of a layout.

    Where the background is a picture, the colour of the text says what it is like.
    """
    behind = _background(layout)
    text = _of_theme(layout, "tx1")
    distances = {}
    for name, medium in style.MEDIA.items():
        if medium.height is not None:
            with style.applied(medium):
                known = (style.paper(), behind) if behind else (style.ink(), text)
            distances[name] = style.contrast(*known)
    return min(distances, key=distances.__getitem__)


def contrast(layout: Any) -> float | None:
    """The contrast of the text of the theme on the background; None on a picture, where it is not known."""
    behind = _background(layout)
    return style.contrast(_of_theme(layout, "tx1"), behind) if behind else None


def _background(layout: Any) -> str:
    """The colour behind everything, of several their mean; white where there is none, empty for a picture."""
    for part in (layout, layout.slide_master):
        for found in part._element.xpath("p:cSld/p:bg"):
            shades = [_shade(layout, one) for one in found.xpath(_COLOUR)]
            if found.xpath(".//a:blip") or not shades:
                return ""
            return _written(tuple(sum(channel) / len(shades) for channel in zip(*shades)))
    return _written(_WHITE)


def _shade(layout: Any, colour: Any) -> tuple[float, ...]:
    """Red, green and blue from 0 to 1, with the changes of lightness that stand in the colour."""
    scheme = colour.tag.endswith("}schemeClr")
    plain = (_of_theme(layout, colour.get("val")) if scheme else _plain(colour))[1:]
    shade = tuple(int(plain[place : place + 2], 16) / 255 for place in (0, 2, 4))
    for change in colour:
        kind, amount = change.tag.rpartition("}")[2], int(change.get("val", "100000")) / 100_000
        hue, light, strong = colorsys.rgb_to_hls(*shade)
        changed = {
            "lumMod": light * amount, "lumOff": light + amount, "shade": light * amount,
            "tint": 1 - (1 - light) * amount,
        }.get(kind, light)  # fmt: skip
        shade = colorsys.hls_to_rgb(hue, min(changed, 1.0), strong)
    return shade


def _of_theme(layout: Any, name: str) -> str:
    """A colour of the theme by its name, as the layout, else its master, gives out the names."""
    from pptx.opc.constants import RELATIONSHIP_TYPE as KINDS
    from pptx.oxml import parse_xml

    master = layout.slide_master
    given = [*layout._element.xpath("p:clrMapOvr/a:overrideClrMapping"), *master._element.xpath("p:clrMap")]
    meant = next((one.get(name) for one in given if one.get(name)), name)
    theme = parse_xml(master.part.part_related_by(KINDS.THEME).blob)
    for colour in theme.iterfind(f".//{{*}}clrScheme/{{*}}{meant}/*"):
        return _plain(colour)
    return _written(_WHITE)


def _plain(colour: Any) -> str:
    """A colour without its changes; the system's own, of which only the name is told, are black words on white."""
    from matplotlib.colors import is_color_like, to_hex

    value = colour.get("lastClr") or colour.get("val", "")
    known = {"windowText": "#000000", "window": "#ffffff"}.get(value, f"#{value}")
    return next((to_hex(one) for one in (known, value.lower()) if is_color_like(one)), _written(_WHITE))


def _written(shade: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in shade)
