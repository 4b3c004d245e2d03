"""The things in the mazes as drawings of 12 x 12 art pixels, and smaller ones for small tiles."""

from __future__ import annotations

from misgen.worlds.canvas import Canvas, Cell

__all__ = ["ART", "COLOURS", "SMALL", "stamp"]

_SIDE = 12
"""Side of the drawings in art pixels; a tile of 24 shows them twice as large, one of 16 with a margin."""


def stamp(canvas: Canvas, cell: Cell, name: str, *, strength: float = 1.0) -> None:
    """A thing of `ART`, small where the tile is; `strength` below 1 lets the floor shine through."""
    canvas.stamp(cell, (ART if canvas.tile >= _SIDE else SMALL)[name], COLOURS, strength=strength)


COLOURS = {
    "o": (58, 52, 60),
    "g": (164, 160, 170),
    "p": (240, 176, 180),
    "k": (20, 20, 28),
    "n": (222, 110, 124),
    "w": (250, 250, 250),
    "y": (250, 206, 60),
    "h": (222, 164, 32),
    "d": (180, 122, 20),
    "b": (86, 180, 233),
    "B": (0, 114, 178),
    "s": (214, 220, 230),
    "S": (150, 160, 178),
    "r": (204, 50, 50),
    "R": (236, 112, 99),
    "l": (70, 150, 70),
    "t": (120, 84, 52),
    "v": (120, 82, 156),
    "V": (160, 124, 196),
    "e": (232, 190, 120),
    "E": (196, 150, 84),
}
"""What each mark of a drawing is painted with; a dot lets the floor show."""

_MOUSE = """
.ooo....ooo.
oppgo..ogppo
opppgoogpppo
ogpgggggggpo
.oggggggggo.
oggkggggkggo
oggkggggkggo
oggggggggggo
.ogggnngggo.
..oggwwggo..
...oooooo...
............
"""
_LEADER = """
.ooo.yy.ooo.
oppEoyyoEppo
opppEooEpppo
oEpeeeeeeeEo
.oeeeeeeeeo.
oeekeeeekeeo
oeekeeeekeeo
oeeeeeeeeeeo
.oeeenneeeo.
.oroowwooro.
.orrooooorro
..rr....rr..
"""
_CHEESE = """
.........oo.
.......ooyo.
.....ooyyyo.
...ooyyyyyo.
.ooyyyyyyyo.
oooooooooooo
oyyyhhyyyyyo
oyyhddhyyyyo
oyyyhhyyyhyo
oyyyyyyyhdho
oooooooooooo
............
"""
_DISH = """
............
....oooo....
..oosssswoo.
.osswwwwsso.
oswwSSSSwwso
oswSssssSwso
oswSssssSwso
oswwSSSSwwso
.osswwwwsso.
..oossssoo..
....oooo....
............
"""
_SERVED = """
............
....oooyo...
..oosoyyyoo.
.ossoyyyyso.
oswoyyyyyyso
osoooooooowo
osoyyhyyyowo
oswoyyyhyowo
.osooooooso.
..oossssoo..
....oooo....
............
"""
_BEACON = """
............
...oooooo...
..obbbbbbo..
..obwwbbbo..
..obwbbbbo..
..obbbbbbo..
...oooooo...
.....oo.....
....oSSo....
....oSSo....
...oSSSSo...
...oooooo...
"""
_BEACON_OUT = """
............
...oooooo...
..ossssssS..
..oswwsssS..
..oswssssS..
..ossssssS..
...oooooo...
.....oo.....
....oSSo....
....oSSo....
...oSSSSo...
...oooooo...
"""
_BEACON_NEXT = """
.y..yyyy..y.
..yoooooo.y.
.yoyyyyyyo..
..oywwyyyo.y
y.oywyyyyo..
..oyyyyyyoy.
.y.oooooo...
.....oo...y.
..y.ohho....
....ohho..y.
.y.ohhhho...
...oooooo...
"""
_APPLE = """
......t.....
.....t.lll..
.....tllll..
..ooootooo..
.orrrrrrrro.
orrwrrrrrrro
orwrrrrrrrro
orrrrrrrrrro
orrrrrrrrRro
.orrrrrrRro.
..orrRRrro..
...oooooo...
"""
_SHIELD = """
oooooooooooo
obbbbbwwwwwo
obbbbbwwwwwo
obbbbbwwwwwo
obbbbbwwwwwo
owwwwwbbbbbo
owwwwwbbbbbo
.owwwwbbbbo.
.owwwwbbbbo.
..owwwbbbo..
...oowboo...
.....oo.....
"""
_MONSTER = """
.o........o.
.vo......ov.
.ovooooooVo.
ovvvvvvvvvVo
ovwwvvvvwwVo
ovwkvvvvkwVo
ovvvvvvvvvVo
ovkwkwkwkvVo
ovkkkkkkkvVo
ovvwkwkwvvVo
.ovoovvooVo.
..o..oo..o..
"""
ART = {
    "mouse": _MOUSE,
    "leader": _LEADER,
    "cheese": _CHEESE,
    "dish": _DISH,
    "served": _SERVED,
    "beacon": _BEACON,
    "beacon out": _BEACON_OUT,
    "beacon next": _BEACON_NEXT,
    "apple": _APPLE,
    "shield": _SHIELD,
    "monster": _MONSTER,
}
SMALL = {
    "mouse": """
oo..oo
oooooo
oooooo
.oooo.
..oo..
......
""",
    "leader": """
EE..EE
EEEEEE
EEEEEE
.rrrr.
..rr..
......
""",
    "cheese": """
....yy
..yyyy
yyyyyy
yyhhyy
oooooo
......
""",
    "dish": """
..SS..
.SwwS.
SwSSwS
SwSSwS
.SwwS.
..SS..
""",
    "served": """
..Syy.
.Syyy.
Syyyyy
Shhhhh
.SwwS.
..SS..
""",
    "beacon": """
.bbbb.
.bwbb.
.bbbb.
..oo..
.oooo.
......
""",
    "beacon out": """
.SSSS.
.SwSS.
.SSSS.
..oo..
.oooo.
......
""",
    "beacon next": """
.yyyy.
.ywyy.
.yyyy.
..hh..
.hhhh.
......
""",
    "apple": """
...ll.
.rlrr.
rrrrrr
rrrrrr
.rrrr.
......
""",
    "shield": """
BBBwww
BBBwww
wwwBBB
wwwBBB
.wwBB.
..wB..
""",
    "monster": """
v....v
vvvvvv
vwvvwv
vvvvvv
vkkkkv
.v..v.
""",
}
"""What stands for the drawings in tiles that are too small for them."""
