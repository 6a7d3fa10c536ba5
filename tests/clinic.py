"""Templates as clinics have them: wide and dark with wide letters and a logo, or narrow and plain."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pptx
from pptx.opc.constants import RELATIONSHIP_TYPE as KINDS
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Inches

WIDE = {
    "title": (0.92, 0.4, 11.5, 1.2), "body": (0.92, 1.83, 11.5, 4.35), "dt": (0.92, 6.95, 3, 0.4),
    "ftr": (4.42, 6.95, 4.5, 0.4), "sldNum": (9.42, 6.95, 1.6, 0.4),
}  # fmt: skip


def dark(path: Path) -> Path:
    """16:9, light on dark, in Verdana, with a band, a logo, and two slides that lead to each other."""
    made = pptx.Presentation()
    stretch = Inches(13.333) / made.slide_width
    made.slide_width = Inches(13.333)
    master = made.slide_master
    for layout in master.slide_layouts:
        for holder in layout.placeholders:
            if holder.element.xpath("p:spPr/a:xfrm"):
                holder.left, holder.width = int(holder.left * stretch), int(holder.width * stretch)
    for holder in master.placeholders:
        place = WIDE[holder.element.ph_type.xml_value]
        holder.left, holder.top, holder.width, holder.height = map(Inches, place)
    band = master.shapes._spTree
    band.append(_rectangle("Band", 0, 0, 0.4, 7.5, "accent2"))
    band.append(_rectangle("Logo", 11.6, 6.9, 1.4, 0.5, "accent1"))
    colours = master._element.find("{*}clrMap")
    colours.set("bg1", "dk1")
    colours.set("tx1", "lt1")
    _theme(made, "Verdana", {"dk1": "0B2545", "lt1": "F4F4F4", "accent1": "8DA9C4", "accent2": "EE964B"})
    first, second = (_old_slide(made, text) for text in ("An old slide", "Another old slide"))
    first.shapes[0].click_action.target_slide = second
    _section(made, [each.slide_id for each in (first, second)])
    made.save(path)
    return path


def narrow(path: Path) -> Path:
    """4:3, plain, in Georgia, without a place for the number of the slide."""
    made = pptx.Presentation()
    _theme(made, "Georgia", {"dk1": "222222", "accent1": "7A1F3D"})
    for part in (made.slide_master, *made.slide_layouts):
        for holder in list(part.placeholders):
            if holder.element.ph_type.xml_value == "sldNum":
                holder.element.getparent().remove(holder.element)
    made.save(path)
    return path


_PAINTS = {
    "solid": '<a:solidFill><a:srgbClr val="DCE9F5"/></a:solidFill>',
    "dark": '<a:solidFill><a:srgbClr val="7A1F3D"/></a:solidFill>',
    "gradient": '<a:gradFill><a:gsLst><a:gs pos="0"><a:srgbClr val="123A5A"/></a:gs><a:gs pos="100000">'
    '<a:sysClr val="windowText" lastClr="000000"/></a:gs></a:gsLst><a:lin ang="5400000"/></a:gradFill>',
    "theme": '<a:solidFill><a:schemeClr val="bg1"><a:lumMod val="25000"/></a:schemeClr></a:solidFill>',
    "picture": "<a:blipFill><a:blip/><a:stretch><a:fillRect/></a:stretch></a:blipFill>",
}


def painted(path: Path, paint: str) -> Path:
    """4:3, with a background of this kind, or with none; where it is a picture the text is light."""
    made = pptx.Presentation()
    root = made.slide_master._element
    for old in root.xpath("p:cSld/p:bg"):
        old.getparent().remove(old)
    if paint in _PAINTS:
        behind = f"<p:bg {nsdecls('p', 'a')}><p:bgPr>{_PAINTS[paint]}<a:effectLst/></p:bgPr></p:bg>"
        root.find("{*}cSld").insert(0, parse_xml(behind))
    if paint == "picture":
        colours = root.find("{*}clrMap")
        colours.set("bg1", "dk1")
        colours.set("tx1", "lt1")
    made.save(path)
    return path


def without(path: Path, *kinds: str) -> Path:
    """4:3, without the placeholders of these kinds."""
    made = pptx.Presentation()
    for layout in made.slide_layouts:
        for holder in list(layout.placeholders):
            if holder.element.ph_type.xml_value in kinds:
                holder.element.getparent().remove(holder.element)
    made.save(path)
    return path


def as_potx(path: Path) -> Path:
    """The same file as a template of PowerPoint."""
    target = path.with_suffix(".potx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "[Content_Types].xml":
                part = part.replace(b"presentationml.presentation.main", b"presentationml.template.main")
            new.writestr(name, part)
    return target


def _old_slide(made, text: str):
    slide = made.slides.add_slide(made.slide_layouts[5])
    slide.shapes.title.text = text
    slide.notes_slide.notes_text_frame.text = "An old note"
    return slide


def _theme(made, font: str, colours: dict[str, str]) -> None:
    theme = made.slide_master.part.part_related_by(KINDS.THEME)
    text = theme.blob.decode("utf-8")
    for name, colour in colours.items():
        value = f'<a:{name}><a:srgbClr val="{colour}"/></a:{name}>'
        text = re.sub(rf"<a:{name}>.*?</a:{name}>", value, text, flags=re.DOTALL)
    theme._blob = re.sub(r'<a:latin typeface="[^"]*"', f'<a:latin typeface="{font}"', text).encode("utf-8")


def _rectangle(name: str, left: float, top: float, width: float, height: float, colour: str):
    x, y, wide, high = (int(Inches(value)) for value in (left, top, width, height))
    return parse_xml(
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="{90 + len(name)}" name="{name}"/><p:cNvSpPr/><p:nvPr/>'
        "</p:nvSpPr>"
        f'<p:spPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm><a:prstGeom prst="rect">'
        f'<a:avLst/></a:prstGeom><a:solidFill><a:schemeClr val="{colour}"/></a:solidFill></p:spPr></p:sp>'
    )


def _section(made, ids: list[int]) -> None:
    listed = "".join(f'<p14:sldId id="{one}"/>' for one in ids)
    made.part._element.append(
        parse_xml(
            f'<p:extLst {nsdecls("p")}><p:ext uri="{{521415D9-36F7-43E2-AB2F-B90AF26B5E84}}"><p14:sectionLst '
            'xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main"><p14:section name="Old" '
            f'id="{{00000000-0000-0000-0000-000000000001}}"><p14:sldIdLst>{listed}</p14:sldIdLst></p14:section>'
            "</p14:sectionLst></p:ext></p:extLst>"
        )
    )
