"""Our own look for a deck without a template: 16:9, plain, in the type and colours of the style file."""

from __future__ import annotations

import re
from typing import Any

from ketevidence import style

FONT = "Arial"  # every machine has it or one of the same widths
_SIZE = (960, 540)  # points
_SIDE, _WIDE = 19.2, 921.6  # a picture made for a slide has just this width
# left, top, width, height in points
_TITLE, _BODY = (_SIDE, 3, _WIDE, 76), (_SIDE, 85, _WIDE, 431)
_FEET = {"dt": (_SIDE, 520, 210, 18), "ftr": (_SIDE + 210, 520, 631.6, 18), "sldNum": (_SIDE + 841.6, 520, 80, 18)}
_UNDER = (60, 300, 840, 160)
_OPENING = {"ctrTitle": (60, 120, 840, 160), "subTitle": _UNDER}
_TITLE_SIZE, _BODY_SIZES, _FOOT_SIZE = 28, (20, 18, 16, 16, 16), 14


def own_look(medium: str) -> Any:
    """A presentation without slides; python-pptx's plain one, made wide and given our type and colours."""
    import pptx
    from pptx.util import Pt

    presentation = pptx.Presentation()
    stretch = Pt(_SIZE[0]) / presentation.slide_width
    presentation.slide_width, presentation.slide_height = (Pt(side) for side in _SIZE)
    master = presentation.slide_master
    for layout in master.slide_layouts:
        for shape in layout.placeholders:
            if shape.element.xpath("p:spPr/a:xfrm"):
                shape.left, shape.width = round(shape.left * stretch), round(shape.width * stretch)
    places = {"title": _TITLE, "body": _BODY, **_FEET}
    for shape in master.placeholders:
        _put(shape, places[shape.element.ph_type.xml_value])
    for shape in master.slide_layouts[0].placeholders:
        if (kind := shape.element.ph_type.xml_value) in _OPENING:
            _put(shape, _OPENING[kind])
    _set_type(master)
    _set_opening(master.slide_layouts[0])
    _colour(master, medium)
    return presentation


def _put(shape: Any, place: tuple[float, float, float, float]) -> None:
    from pptx.util import Pt

    shape.left, shape.top, shape.width, shape.height = (Pt(value) for value in place)


def _set_type(master: Any) -> None:
    """Sizes and weights, titles at the left and from the top."""
    root, level = master._element, "a:lvl1pPr"
    sizes = {f"p:titleStyle/{level}": _TITLE_SIZE}
    sizes |= {f"p:bodyStyle/a:lvl{place}pPr": size for place, size in enumerate(_BODY_SIZES, 1)}
    for path, size in sizes.items():
        for run in root.xpath(f"p:txStyles/{path}/a:defRPr"):
            run.set("sz", str(100 * size))
    for title in root.xpath(f"p:txStyles/p:titleStyle/{level}"):
        title.set("algn", "l")
    for run in root.xpath(f"p:txStyles/p:titleStyle/{level}/a:defRPr"):
        run.set("b", "1")
    for layer in (root, *(layout._element for layout in master.slide_layouts)):
        for tint in layer.xpath(".//a:tint"):  # grey words are hard to read from the last row
            tint.getparent().remove(tint)
    for text in root.xpath(".//p:sp[.//p:ph[@type='title']]//a:bodyPr"):
        text.set("anchor", "t")
    for kind in _FEET:
        foot = f".//p:sp[.//p:ph[@type='{kind}']]//a:lstStyle/{level}"
        for paragraph in root.xpath(foot):
            paragraph.set("algn", "r" if kind == "sldNum" else "l")
        for run in root.xpath(f"{foot}/a:defRPr"):
            run.set("sz", str(100 * _FOOT_SIZE))


def _set_opening(layout: Any) -> None:
    """The title slide: words at the left, in ink, a line between the title and what is under it."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls
    from pptx.util import Pt

    for paragraph in layout._element.xpath(".//a:lstStyle/a:lvl1pPr"):
        paragraph.set("algn", "l")
    left, top, width, thick = (round(Pt(value)) for value in (_UNDER[0] + 7.2, _UNDER[1] - 8, 120, 4))
    line = f"""
<p:cxnSp {nsdecls("p", "a")}>
 <p:nvCxnSpPr><p:cNvPr id="99" name="Line"/><p:cNvCxnSpPr/><p:nvPr/></p:nvCxnSpPr>
 <p:spPr><a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="0"/></a:xfrm>
  <a:prstGeom prst="line"><a:avLst/></a:prstGeom>
  <a:ln w="{thick}"><a:solidFill><a:schemeClr val="accent1"/></a:solidFill></a:ln></p:spPr>
</p:cxnSp>"""
    layout.shapes._spTree.append(parse_xml(line))
    for text in layout._element.xpath(".//p:sp[.//p:ph[@type='ctrTitle']]//a:bodyPr"):
        text.set("anchor", "b")


def _colour(master: Any, medium: str) -> None:
    """Fonts and colours of the theme: paper and ink of the style, then its series."""
    import matplotlib as mpl
    from matplotlib.colors import to_hex
    from pptx.opc.constants import RELATIONSHIP_TYPE as KINDS

    with style.applied(style.medium(medium)):
        series = [to_hex(colour) for colour in mpl.rcParams["axes.prop_cycle"].by_key()["color"]]
        chosen = {"dk1": style.ink(), "lt1": style.paper(), "dk2": style.soft(), "lt2": style.faint()}
    chosen |= {f"accent{place}": colour for place, colour in enumerate(series[:6], 1)}
    chosen |= {"hlink": series[0], "folHlink": series[0]}
    theme = master.part.part_related_by(KINDS.THEME)
    text = theme.blob.decode("utf-8")
    for name, colour in chosen.items():
        value = f'<a:{name}><a:srgbClr val="{colour[1:].upper()}"/></a:{name}>'
        text = re.sub(rf"<a:{name}>.*?</a:{name}>", value, text, flags=re.DOTALL)
    text = re.sub(r'<a:latin typeface="[^"]*"', f'<a:latin typeface="{FONT}"', text)
    theme._blob = text.encode("utf-8")
