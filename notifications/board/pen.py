"""Boxes and words in pixels → PNG bytes, the same bytes for the same calls."""

from __future__ import annotations

from io import BytesIO

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

from notifications.words import one_line

SCALE, DPI = 2, 100
FONT = "DejaVu Sans"  # comes with matplotlib and has every Vietnamese letter
LINE = "#ffffff"


class Pen:
    """Draws in pixels of the picture as it is shown; the PNG is twice as wide."""

    def __init__(self, width: float, height: float) -> None:
        self.figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI * SCALE, facecolor="white")
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_xlim(0, width)
        self.axes.set_ylim(height, 0)
        self.axes.axis("off")

    def box(self, x: float, y: float, width: float, height: float, colour: str, edge: str = LINE) -> None:
        made = Rectangle((x, y), width, height, facecolor=colour, edgecolor=edge, linewidth=0.6)
        self.axes.add_patch(made)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        px: float,
        *,
        bold: bool = False,
        middle: bool = False,
        colour: str = "#1b1f24",
    ) -> None:
        self.axes.text(
            x,
            y,
            words.replace("$", r"\$"),
            fontsize=px * 72 / DPI,
            family=FONT,
            weight="bold" if bold else "normal",
            ha="center" if middle else "left",
            va="center_baseline",
            color=colour,
        )

    def png(self) -> bytes:
        """A quarter of the bytes by a palette; what it loses is the edges of letters."""
        canvas = FigureCanvasAgg(self.figure)
        canvas.draw()
        size = canvas.get_width_height()
        picture = Image.frombuffer("RGBA", size, bytes(canvas.buffer_rgba()), "raw", "RGBA", 0, 1)
        few = picture.convert("RGB").quantize(64, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        out = BytesIO()
        few.save(out, "PNG", optimize=True)
        return out.getvalue()


def ink(colour: str) -> str:
    """Black or white, whichever is read better on it."""
    red, green, blue = to_rgb(colour)
    return "#000000" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "#ffffff"


def short(text: str, length: int) -> str:
    text = one_line(text)
    return text if len(text) <= length else f"{text[: length - 1]}…"
