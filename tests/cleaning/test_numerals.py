"""Numbers read all at once are those read one by one, and addresses made at once are those written out."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analysis.cleaning.figures.numerals import read_column
from analysis.cleaning.figures.scales import Scale
from analysis.cleaning.readers.addresses import number_texts

DIGITS = st.text("0123456789", min_size=1, max_size=8)
PLAIN = DIGITS | st.builds("{}{}{}".format, DIGITS, st.sampled_from(".,"), DIGITS)
ODD = st.sampled_from(
    ["-", "x", "58%", "trên 50%", "1.234.567", "1,926.5", "-0,5", "5.", ".5", "", "12\n3", "２７"]
)
SCALES = st.builds(
    Scale,
    st.sampled_from(["percent", "count", "score"]),
    st.sampled_from([None, 0.0]),
    st.sampled_from([None, 10.0, 100.0]),
    st.booleans(),
    st.sampled_from(["", ".", ","]),
    st.sampled_from([None, True, False]),
    st.sampled_from([1, 1000]),
)


@given(st.lists(PLAIN, max_size=8), st.lists(ODD, max_size=3), SCALES)
def test_plain_numbers_read_as_they_do_one_by_one(plain: list[str], odd: list[str], scale: Scale) -> None:
    at_once = read_column([*plain, *odd], "", scale)
    # A space before a number makes it one to be looked at by itself.
    alone = read_column([*(f" {text}" for text in plain), *odd], "", scale)
    for one, other in zip(at_once, alone, strict=True):
        assert (one.rule, one.note, one.qualifier) == (other.rule, other.note, other.qualifier)
        assert one.value == other.value or one.rule
        assert not one.said or not other.said or one.said.said == other.said.said


@given(st.lists(st.integers(1, 3_000_000), max_size=30), st.integers(0, 5000))
def test_addresses_made_at_once_are_those_written_out(few: list[int], first: int) -> None:
    for numbers in (few, range(first, first + 2500)):
        texts = number_texts("tệp.csv:", np.array(numbers, dtype=np.intp))
        assert texts.tolist() == [f"tệp.csv:{number}" for number in numbers]
