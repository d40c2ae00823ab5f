"""Geometry of the zoning plan: streets, parcels, buildings and fields, in metres, y downwards.

Drawn at 1/1000, one metre is one millimetre of an A0 sheet.
"""

import math
import random
from itertools import pairwise
from typing import Any

WIDTH, HEIGHT = 960.0, 752.0
CHURCH = (425.0, 372.0)
Point = tuple[float, float]
STREETS: tuple[tuple[str, float, tuple[Point, ...]], ...] = (
    ("Grande-Rue", 11, ((0, 402), (220, 380), (430, 396), (640, 360), (960, 330))),
    ("Rue du Moulin", 8, ((430, 396), (452, 255), (522, 128), (560, 0))),
    ("Rue des Lavoirs", 8, ((430, 396), (402, 560), (446, 690), (430, 752))),
    ("Route de Bray", 9, ((640, 360), (704, 520), (826, 640), (864, 752))),
    ("Chemin des Vignes", 6, ((220, 380), (188, 235), (244, 108), (232, 0))),
    ("Rue du Four", 6, ((220, 380), (262, 520), (402, 560))),
    ("Allée des Tilleuls", 7, ((452, 255), (600, 236), (764, 252), (792, 346))),
    ("Rue de l’Église", 6, ((262, 520), (172, 602), (0, 648))),
    ("Rue des Peupliers", 7, ((704, 520), (566, 566), (446, 690))),
    ("Rue du Stade", 7, ((704, 520), (842, 470), (960, 478))),
    ("Chemin du Gué", 5, ((188, 235), (84, 262), (0, 244))),
    ("Impasse des Jardins", 5, ((600, 236), (622, 150))),
)
RIVER: tuple[Point, ...] = ((0, 66), (150, 92), (330, 64), (536, 92), (720, 58), (960, 104))
TO_BUILD: tuple[Point, ...] = ((626, 244), (760, 257), (782, 340), (650, 353))
RESERVED: tuple[tuple[str, str, Point, Point], ...] = (
    ("1", "Élargissement de la rue du Moulin, commune, 640 m²", (470, 160), (484, 206)),
    ("2", "Liaison douce vers le stade, commune, 1 180 m²", (752, 420), (846, 432)),
    ("3", "Bassin de rétention, communauté de communes, 2 450 m²", (884, 690), (940, 731)),
    ("4", "Extension du cimetière, commune, 1 900 m²", (96, 658), (144, 698)),
)


def _distance(point: Point, start: Point, end: Point) -> float:
    (px, py), (ax, ay), (bx, by) = point, start, end
    length = (bx - ax) ** 2 + (by - ay) ** 2
    along = max(0.0, min(1.0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length))
    return math.hypot(px - ax - along * (bx - ax), py - ay - along * (by - ay))


def _from_line(point: Point, line: tuple[Point, ...]) -> float:
    return min(_distance(point, a, b) for a, b in pairwise(line))


def _apart(one: list[Point], other: list[Point]) -> bool:
    """Two convex shapes do not touch (separating axis)."""
    for shape in (one, other):
        for (ax, ay), (bx, by) in zip(shape, [*shape[1:], shape[0]], strict=True):
            nx, ny = by - ay, ax - bx
            first = [x * nx + y * ny for x, y in one]
            second = [x * nx + y * ny for x, y in other]
            if max(first) <= min(second) + 1e-6 or max(second) <= min(first) + 1e-6:
                return True
    return False


def _quad(
    start: Point, unit: Point, side: int, at: float, size: Point, gap: float, lean: float = 0
) -> list[Point]:
    """Rectangle of `size` (along, deep) beside a street, `gap` metres from its axis."""
    (ux, uy), (along, deep) = unit, size
    nx, ny = -uy * side, ux * side
    corners = (
        (at, gap),
        (at + along, gap),
        (at + along - lean, gap + deep),
        (at + lean, gap + deep),
    )
    return [(start[0] + ux * a + nx * d, start[1] + uy * a + ny * d) for a, d in corners]


def _free(shape: list[Point], street: str, taken: list[list[Point]]) -> bool:
    points = [*shape, (sum(x for x, _ in shape) / 4, sum(y for _, y in shape) / 4)]
    if not all(3 < x < WIDTH - 3 and 3 < y < HEIGHT - 3 for x, y in points):
        return False
    for name, width, line in STREETS:
        margin = width / 2 + (0 if name == street else 1.5)
        if any(_from_line(point, line) < margin - 0.01 for point in points):
            return False
    if any(_from_line(point, RIVER) < 13 for point in points):
        return False
    return all(_apart(shape, other) for other in (*taken, list(TO_BUILD)))


def _zone(x: float, y: float) -> str:
    if math.hypot(x - CHURCH[0], (y - CHURCH[1]) * 1.2) < 150:
        return "UA"
    if x > 760 and 470 < y < 660:
        return "UX"
    if x > 800 and y < 470:
        return "UE"
    return "UB"


def _building(dice: random.Random, start: Point, unit: Point, side: int, at: float, size: Point,
              gap: float) -> list[Point]:  # fmt: skip
    along, deep = size
    wide, back = along * dice.uniform(0.45, 0.8), min(deep * 0.45, dice.uniform(8, 13))
    set_back = gap + dice.choice((0.6, 0.6, 4.0, 6.5))
    return _quad(start, unit, side, at + (along - wide) * dice.random(), (wide, back), set_back)


def _parcels(dice: random.Random) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    taken: list[list[Point]] = []
    numbers: dict[str, int] = {}
    for row, (name, width, line) in ((row, street) for row in (1, 2) for street in STREETS):
        for start, end in pairwise(line):
            length = math.dist(start, end)
            unit = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
            for side in (-1, 1):
                at = 2.0
                while at < length - 9:
                    along = dice.uniform(11, 25) if row == 1 else dice.uniform(26, 52)
                    deep = dice.uniform(26, 46) if row == 1 else dice.uniform(38, 70)
                    gap = width / 2 if row == 1 else width / 2 + 46.5
                    shape = _quad(start, unit, side, at, (along, deep), gap, dice.uniform(0, 1.2))
                    if not _free(shape, name, taken):
                        at += 4
                        continue
                    taken.append(shape)
                    x, y = (sum(p[k] for p in shape) / 4 for k in (0, 1))
                    section = ("AB" if y < 390 else "AD") if x > 320 else "AC"
                    numbers[section] = numbers.get(section, 0) + 1
                    built = row == 1 and dice.random() < 0.86
                    house = _building(dice, start, unit, side, at, (along, deep), gap)
                    found.append(
                        {
                            "shape": shape,
                            "number": str(numbers[section]),
                            "at": [x, y],
                            "zone": _zone(x, y) if row == 1 else "A",
                            "building": house if built else None,
                        }
                    )
                    at += along + (0.0 if row == 1 else 1.0)
    return found


def _fields(dice: random.Random) -> list[dict[str, Any]]:
    """Quads of a shaken grid: the farmland and the meadows under everything else."""
    across, down = 13, 10

    def corner(column: int, row: int) -> Point:
        x, y = column * WIDTH / across, row * HEIGHT / down
        if 0 < column < across:
            x += dice.uniform(-22, 22)
        if 0 < row < down:
            y += dice.uniform(-18, 18)
        return (x, y)

    grid = [[corner(c, r) for c in range(across + 1)] for r in range(down + 1)]
    fields = []
    for r in range(down):
        for c in range(across):
            shape = [grid[r][c], grid[r][c + 1], grid[r + 1][c + 1], grid[r + 1][c]]
            x, y = (sum(p[k] for p in shape) / 4 for k in (0, 1))
            wet = _from_line((x, y), RIVER) < 62
            fields.append({"shape": shape, "zone": "N" if wet else "A"})
    return fields


def _rounded(value: Any) -> Any:
    """Two decimals everywhere, so that the last bits of the arithmetic never show."""
    if isinstance(value, float):
        return round(value, 2)
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(inner) for inner in value]
    return value


def _street_labels() -> list[dict[str, Any]]:
    labels = []
    for name, _, line in STREETS:
        a, b = max(pairwise(line), key=lambda pair: math.dist(*pair))
        angle = math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))
        upright = angle - 180 if angle > 90 else angle + 180 if angle < -90 else angle
        labels.append({"name": name, "at": [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], "turn": upright})
    return labels


def zoning_plan() -> dict[str, Any]:
    """Everything the sheet draws; the same at every call."""
    dice = random.Random("Saint-Aubin-le-Val")  # noqa: S311
    trees = [(dice.uniform(20, 940), dice.uniform(20, 40)) for _ in range(90)]
    plan = {
        "size": [WIDTH, HEIGHT],
        "streets": [{"name": n, "width": w, "line": line} for n, w, line in STREETS],
        "labels": _street_labels(),
        "river": RIVER,
        "fields": _fields(dice),
        "parcels": _parcels(dice),
        "to_build": TO_BUILD,
        "reserved": [{"number": n, "what": w, "from": a, "to": b} for n, w, a, b in RESERVED],
        "trees": trees,
    }
    rounded: dict[str, Any] = _rounded(plan)
    return rounded
