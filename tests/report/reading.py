"""An HTML page taken apart without a browser: its elements in their order, and its text."""

from __future__ import annotations

from html.parser import HTMLParser

import attrs

_VOID = {"meta", "input", "br", "link", "img", "hr"}
_WITHIN_A_LINE = {"a", "bdi", "del", "strong", "time"}
# Inside a drawing an end tag may be left out.
_CLOSED_AT_ONCE = {"rect", "line", "circle"}


@attrs.define
class Element:
    """One element with its own text and that of all inside it."""

    tag: str
    attributes: dict
    path: tuple
    text: str = ""

    def get(self, name):
        return self.attributes.get(name)

    @property
    def words(self):
        return " ".join(self.text.split())


class Reading(HTMLParser):
    """The elements of a page."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.elements = []
        self.declaration = ""
        self._open = []

    def handle_decl(self, decl):
        self.declaration = decl

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs), tuple(one.tag for one in self._open))
        self.elements.append(element)
        if tag not in _WITHIN_A_LINE:
            self.handle_data(" ")
        if tag not in _VOID | _CLOSED_AT_ONCE:
            self._open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.elements.append(Element(tag, dict(attrs), tuple(one.tag for one in self._open)))

    def handle_endtag(self, tag):
        assert self._open, f"</{tag}> closes nothing"
        last = self._open.pop()
        assert last.tag == tag, f"</{tag}> closes <{last.tag}>"

    def handle_data(self, data):
        for element in self._open:
            element.text += data

    def close(self):
        super().close()
        assert not self._open, f"never closed: {[one.tag for one in self._open]}"

    def all(self, *tags):
        return [element for element in self.elements if element.tag in tags]

    def section(self, name):
        found = [element for element in self.all("section") if element.get("id") == name]
        return found[0] if found else None

    @property
    def words(self):
        return self.all("body")[0].words


def read_page(html):
    reading = Reading()
    reading.feed(html)
    reading.close()
    return reading
