"""The campaign as a picture: size, sameness, colours for colour-blind readers, and aggregation."""

from __future__ import annotations

from io import BytesIO
from itertools import combinations, cycle

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from directives.board import HeatMap, HeatRow
from directives.evaluate import Status
from notifications.board.heatmap import COLOURS, draw, lines
from tests.notifications.builders import CALENDAR, at

# Machado, Oliveira and Fernandes (2009), full severity, on linear RGB.
SEEN_BY = {
    "all": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def a_map(units: int, districts: int = 9) -> HeatMap:
    statuses = cycle(Status)
    rows = tuple(
        HeatRow(
            f"Phường Số {n}", (f"Quận {n % districts}", "Tỉnh Một"), tuple(next(statuses) for _ in range(11))
        )
        for n in range(units)
    )
    return HeatMap("Đợt thử", at(2020, 11, 10, 8), tuple(f"1{n}" for n in range(11)), rows)


def lab(colour: str, matrix: list[list[float]]) -> np.ndarray:
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ np.clip(np.array(matrix) @ linear, 0, 1) / np.array([0.9505, 1, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eyes", SEEN_BY)
def test_every_two_colours_are_told_apart_by_every_eye(eyes: str) -> None:
    for one, other in combinations(COLOURS, 2):
        apart = np.linalg.norm(lab(COLOURS[one], SEEN_BY[eyes]) - lab(COLOURS[other], SEEN_BY[eyes]))
        assert apart > 8, (one, other, apart)


def test_eleven_by_a_hundred_and_fourteen_is_small_and_drawn_alike_twice() -> None:
    png = draw(a_map(114), CALENDAR)
    assert len(png) <= 300_000
    assert Image.open(BytesIO(png)).size[0] == 2 * 690
    assert png == draw(a_map(114), CALENDAR)


def test_every_status_has_a_sign_of_its_own() -> None:
    signs = {cell.colour: cell.sign for line in lines(a_map(20)) for cell in line.cells}
    assert len(set(signs.values())) == len(Status)


def test_many_units_are_drawn_by_district_and_many_districts_by_what_is_above() -> None:
    shared = lines(a_map(300))
    assert [line.name for line in shared] == [f"Quận {n}" for n in range(9)]
    assert {cell.sign.partition("/")[2] for cell in shared[0].cells} == {"34"}
    assert [line.name for line in lines(a_map(400, districts=200))] == ["Tỉnh Một"]
