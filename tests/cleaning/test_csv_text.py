"""The text of a CSV file is that of pandas, but for cells that a spreadsheet program would evaluate."""

import csv
import io
import math

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis.cleaning.csv_text import csv_pieces

CELLS = st.text(st.sampled_from("ab ,\"\n=+-@'%1é."), max_size=4)
NUMBERS = st.floats(allow_infinity=False) | st.sampled_from([0.0, -0.0, 27.98, 1e16, math.nan])


def written(frame: pd.DataFrame) -> str:
    return "".join(csv_pieces(frame))


@given(st.lists(st.tuples(CELLS, CELLS, NUMBERS), max_size=8), st.integers(1, 4))
def test_cells_come_back_and_none_is_a_formula(rows: list[tuple[str, str, float]], step: int) -> None:
    columns = [[row[n] for row in rows] for n in range(3)]
    frame = pd.DataFrame(
        {
            "a": pd.array(columns[0], dtype="str"),
            "same": pd.array(["x,y"] * len(rows), dtype="str"),
            "b": pd.array(columns[1], dtype="str"),
            "n": np.array(columns[2], dtype=np.float64),
        }
    )
    text = "".join(csv_pieces(frame, step))
    back = list(csv.reader(io.StringIO(text, newline="")))[1:]
    for (a, b, number), (a_back, same, b_back, n_back) in zip(rows, back, strict=True):
        assert a_back.removeprefix("'") == a.removeprefix("'") and b_back.removeprefix("'") == b.removeprefix(
            "'"
        )
        assert same == "x,y"
        assert not a_back.startswith(("=", "@")) and not b_back.startswith(("=", "@"))
        assert n_back == ("" if math.isnan(number) else repr(number))
    tame = ~frame["a"].str.startswith(("=", "+", "-", "@")) & ~frame["b"].str.startswith(("=", "+", "-", "@"))
    assert written(frame[tame]) == frame[tame].to_csv(index=False, lineterminator="\n")


def test_a_carriage_return_stays_within_its_cell() -> None:
    text = written(pd.DataFrame({"a": pd.array(["x\ry", "\rz"], dtype="str"), "b": [1.0, 2.0]}))
    assert [row[0] for row in csv.reader(io.StringIO(text, newline=""))] == ["a", "x\ry", "'\rz"]
