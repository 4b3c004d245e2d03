from __future__ import annotations

from itertools import repeat

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misgen.cli.mural import arranged, different
from misgen.concepts import UserError


def drawing(width: int, height: int) -> np.ndarray:
    return np.full((height, width, 3), 7, np.uint8)


@given(st.lists(st.tuples(st.integers(5, 90), st.integers(5, 90)), min_size=1, max_size=30))
def test_every_drawing_is_shown_whole_and_none_covers_another(sizes: list[tuple[int, int]]):
    canvas = arranged([drawing(*size) for size in sizes])
    assert (canvas == 7).all(axis=-1).sum() == sum(width * height for width, height in sizes)


def test_equal_drawings_form_a_grid_a_little_wider_than_high():
    canvas = arranged([drawing(120, 120)] * 24)
    assert canvas.shape == (4 * 126 + 6, 6 * 126 + 6, 3)


def test_a_drawing_that_repeats_is_shown_once():
    drawings = [drawing(5, 5), drawing(5, 5), drawing(6, 5), drawing(5, 5), drawing(7, 5), drawing(8, 5)]
    assert [one.shape[1] for one in different(iter(drawings), num=3)] == [5, 6, 7]


def test_a_mural_ends_where_drawings_only_repeat():
    assert len(different(repeat(drawing(5, 5)), num=3)) == 1


def test_a_mural_of_nothing_is_refused():
    with pytest.raises(UserError, match="at least one level"):
        arranged([])
