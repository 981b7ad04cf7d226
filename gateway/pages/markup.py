"""The text of a Message as HTML: paragraphs, `- ` lists and links, and nothing else; pure."""

from __future__ import annotations

import re
from itertools import groupby

from markupsafe import Markup, escape

_LINK = re.compile(
    r"\[(?P<label>[^\[\]]{1,200})\]\((?P<target>(?:https://|tel:|mailto:)[^\s()]{1,500})\)"
)


def render(text: str) -> Markup:
    """Return *text* as safe HTML; whatever is not our markup is shown as it is written."""
    blocks = (block for block in re.split(r"\n\s*\n", text.strip()) if block.strip())
    return Markup("\n").join(_block(block) for block in blocks)


def _block(block: str) -> Markup:
    """A block may hold a sentence and then its list."""
    runs = groupby(block.splitlines(), key=lambda line: line.startswith("- "))
    parts = [(listed, list(lines)) for listed, lines in runs]
    return Markup("\n").join(_list(run) if listed else _paragraph(run) for listed, run in parts)


def _list(lines: list[str]) -> Markup:
    items = Markup("").join(Markup("<li>{}</li>").format(_inline(line[2:])) for line in lines)
    return Markup("<ul>{}</ul>").format(items)


def _paragraph(lines: list[str]) -> Markup:
    return Markup("<p>{}</p>").format(Markup("<br>").join(_inline(line) for line in lines))


def _inline(text: str) -> Markup:
    """Escape *text*, leaving its links."""
    made, at = Markup(""), 0
    for link in _LINK.finditer(text):
        made += escape(text[at : link.start()])
        made += Markup('<a href="{}">{}</a>').format(link["target"], link["label"])
        at = link.end()
    return made + escape(text[at:])
