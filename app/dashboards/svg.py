"""Pictures to take away: one SVG file a chart, with title, filter, definition and the mark of demonstration data.

Colours stand in attributes: a file has no stylesheet, and must look the same wherever it is put. Paper is white.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from markupsafe import escape

from app.coverage.rules import State

INK, SOFT, LINE, TRACK, MARK = "#17211f", "#4d5b5c", "#cfd8d8", "#e3eaea", "#8a3b12"
COLOURS = {
    State.PROVIDED: "#0a5a5e",
    State.DECLARED: "#1c7f84",
    State.NIL: "#59666a",
    State.ANSWERED_NONE: "#59666a",
    State.UNANSWERED: "#8a5600",
    State.NOT_EXPECTED: "#687478",
}
HEAT = ("#ffffff", "#e2f0ef", "#c3e1df", "#9fd0cd", "#79bdba", "#56a9a6")
SANS = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans Arabic', Tahoma, sans-serif"
MARGIN, LETTER = 24, 0.56
"""The margin around a picture, and how wide a letter is beside its height, on average."""


@dataclass
class Canvas:
    """A place to draw. Places are told as in a left-to-right picture; `rtl` mirrors them."""

    width: float
    rtl: bool = False
    parts: list[str] = field(default_factory=list)

    def x(self, place: float) -> str:
        """A horizontal place, mirrored where people read from the right."""
        return f"{self.width - place if self.rtl else place:.1f}"

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float = 13,
        fill: str = INK,
        anchor: str = "start",
        bold: bool = False,
        halo: bool = False,
    ) -> None:
        """Words on one line; with `halo` the ground around them is cleared.

        With `direction` on the file, start and end follow the way of reading by themselves.
        """
        weight = ' font-weight="600"' if bold else ""
        weight += ' stroke="#ffffff" stroke-width="4" paint-order="stroke"' if halo else ""
        self.parts.append(
            f'<text x="{self.x(x)}" y="{y:.1f}" font-size="{size:g}" fill="{fill}" text-anchor="{anchor}"{weight}>'
            f"{escape(words)}</text>"
        )

    def rect(self, x: float, y: float, width: float, height: float, fill: str, stroke: str = "none") -> None:
        """A rectangle."""
        left = self.width - x - width if self.rtl else x
        self.parts.append(
            f'<rect x="{left:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"'
            f' stroke="{stroke}"/>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, stroke: str = LINE, width: float = 1) -> None:
        """A line."""
        self.parts.append(
            f'<line x1="{self.x(x1)}" y1="{y1:.1f}" x2="{self.x(x2)}" y2="{y2:.1f}" stroke="{stroke}"'
            f' stroke-width="{width:g}"/>'
        )

    def dot(self, x: float, y: float, radius: float = 4.5, *, hollow: bool = False) -> None:
        """A point of a line; `hollow` is not a final one."""
        colour = COLOURS[State.PROVIDED]
        fill = "#ffffff" if hollow else colour
        self.parts.append(
            f'<circle cx="{self.x(x)}" cy="{y:.1f}" r="{radius:g}" fill="{fill}" stroke="{colour}" stroke-width="1.5"/>'
        )

    def shape(self, state: State, x: float, y: float, size: float = 14) -> None:
        """The shape of a state, its corner at (x, y)."""
        left = self.width - x - size if self.rtl else x
        self.parts.append(
            f'<g transform="translate({left:.1f} {y:.1f}) scale({size / 16:g})" fill="none"'
            f' stroke="{COLOURS[state]}" stroke-width="2">{SHAPES[state].format(c=COLOURS[state])}</g>'
        )

    def diamond(self, x: float, y: float) -> None:
        """A figure published elsewhere."""
        self.parts.append(
            f'<path d="M0-7 7 0 0 7-7 0z" transform="translate({self.x(x)} {y:.1f})" fill="#fff" stroke="{MARK}"'
            ' stroke-width="2.5"/>'
        )


SHAPES = {
    State.PROVIDED: '<circle cx="8" cy="8" r="6" fill="{c}"/>',
    State.DECLARED: '<circle cx="8" cy="8" r="6"/><path d="M8 2a6 6 0 0 0 0 12z" fill="{c}"/>',
    State.NIL: '<circle cx="8" cy="8" r="6"/>',
    State.ANSWERED_NONE: '<circle cx="8" cy="8" r="6"/><path d="M5 8h6"/>',
    State.UNANSWERED: '<path d="M8 2l6.5 12h-13z"/>',
    State.NOT_EXPECTED: '<path d="M1 8h14"/>',
}


@dataclass(frozen=True)
class Caption:
    """What stands around a chart: its title, the filter and basis, the definition, where it is from, and the mark."""

    title: str
    filter: str
    definition: str
    source: str
    demonstration: str
    language: str


def document(canvas: Canvas, height: float, caption: Caption) -> str:
    """The file: the caption around what was drawn on the canvas, which is `height` high."""
    head, foot = Canvas(canvas.width, canvas.rtl), Canvas(canvas.width, canvas.rtl)
    y = _lines(head, caption.title, 20, 36, INK, bold=True)
    y = _lines(head, caption.filter, 13, y, SOFT) + 8
    top = y
    below = _lines(foot, caption.definition, 12, top + height + 28, SOFT)
    below = _lines(foot, caption.source, 11, below, SOFT)
    if caption.demonstration:
        below = _lines(foot, caption.demonstration, 13, below + 4, MARK, bold=True)
    direction = "rtl" if canvas.rtl else "ltr"
    body = "\n".join([*head.parts, f'<g transform="translate(0 {top:.1f})">', *canvas.parts, "</g>", *foot.parts])
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{canvas.width:g}" height="{below:.0f}"'
        f' viewBox="0 0 {canvas.width:g} {below:.0f}" font-family="{SANS}" direction="{direction}"'
        f' xml:lang="{escape(caption.language)}" role="img" aria-labelledby="title desc">\n'
        f'<title id="title">{escape(caption.title)}</title>\n'
        f'<desc id="desc">{escape(f"{caption.filter} {caption.definition} {caption.demonstration}")}</desc>\n'
        f'<rect width="100%" height="100%" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def _lines(canvas: Canvas, words: str, size: float, y: float, fill: str, bold: bool = False) -> float:
    """Words over as many lines as they need; gives the place of the line below."""
    for line in wrapped(words, int((canvas.width - 2 * MARGIN) / (size * LETTER))):
        canvas.text(MARGIN, y, line, size, fill, bold=bold)
        y += size * 1.4
    return y


def wrapped(words: str, most: int) -> Iterator[str]:
    """The words in lines of at most so many letters, a longer word on a line of its own."""
    line = ""
    for word in words.split():
        if line and len(line) + 1 + len(word) > most:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    if line:
        yield line


def cut(words: str, room: float, size: float = 13) -> str:
    """The words, cut to the room they have; the table beside the picture has them whole."""
    most = int(room / (size * LETTER))
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
