"""OpenSim's XML documents, read without trusting them."""

from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from retrogait.errors import FileError
from retrogait.io.text import digest, read_bytes, shown

MAX_XML_BYTES = 4 << 20
"""Largest document read [byte]; loads and actuators need some kilobytes."""

_ROOT = "OpenSimDocument"
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


def read_markup(path: Path, tag: str) -> tuple[Element, str]:
    """Read the one object a document of OpenSim holds.

    Parameters
    ----------
    path
        XML file. A document type, which could declare entities, is refused: OpenSim writes none.
    tag
        Class of the object (``"ExternalLoads"``, ``"ForceSet"``).

    Returns
    -------
    tuple of Element and str
        The object's element, and the SHA-256 of the file.

    Raises
    ------
    FileError
        The file is missing, too large, not well-formed XML or holds something else.
    """
    data = read_bytes(path, MAX_XML_BYTES)
    try:
        root: Element = defusedxml.ElementTree.fromstring(data, forbid_dtd=True)
    except ParseError as error:
        line, column = error.position
        raise FileError(
            f"{path}: line {line}, column {column}: not well-formed XML; is the file cut off?"
        ) from None
    except DefusedXmlException:
        raise FileError(
            f"{path}: declares a document type or entities, expected plain XML as OpenSim writes; "
            "remove <!DOCTYPE ...>"
        ) from None
    except (ValueError, LookupError):  # the parser's own message quotes the file at any length
        raise FileError(f"{path}: declares an unknown encoding, expected UTF-8") from None
    found = root if root.tag == tag else root.find(tag) if root.tag == _ROOT else None
    if found is None:
        inside = [child.tag for child in root][:1] if root.tag == _ROOT else [root.tag]
        raise FileError(
            f"{path}: holds {shown(inside[0]) if inside else 'nothing'}, expected <{tag}> inside "
            f"<{_ROOT}>; is this another kind of OpenSim file?"
        )
    return found, digest(data)


def text_of(element: Element, tag: str) -> str:
    """Text of a property, stripped; empty where it is absent, blank or ``Unassigned``."""
    text = (element.findtext(tag) or "").strip()
    return "" if text == "Unassigned" else text


def is_active(path: Path, force: Element, name: str) -> bool:
    """Whether a force acts, by ``isDisabled`` (OpenSim 3) or ``appliesForce`` (OpenSim 4)."""
    disabled = _flag(path, force, name, "isDisabled", default=False)
    return _flag(path, force, name, "appliesForce", default=True) and not disabled


def _flag(path: Path, element: Element, name: str, tag: str, *, default: bool) -> bool:
    text = text_of(element, tag)
    if not text:
        return default
    if text.lower() not in _FLAGS:
        raise FileError(f"{path}: {shown(name)}: {tag} is {shown(text)}, expected true or false")
    return _FLAGS[text.lower()]
