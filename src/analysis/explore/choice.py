"""What can be chosen in the explorer: a study, a province, a method, and what of the study is to be otherwise."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from analysis.study_parameters import choose_study

if TYPE_CHECKING:
    from analysis.study import Study

METHODS = (
    "before-after", "did", "event-study", "imputation-logit", "imputation", "callaway-santanna", "synthetic-control",
)  # fmt: skip
DRAWS = 499  # so that a move is answered in a second or two


@dataclass(frozen=True)
class Choice:
    """One view asked for; empty texts mean: as the study, the decisions or the data have it.

    `provinces` are names by comma, `reading` one reading of the national figures (for before-after alone).
    """

    study: str = "survey"
    province: str = "Thái Nguyên"
    method: str = ""
    first: str = ""
    last: str = ""
    provinces: str = ""
    first_treated: str = ""
    reading: str = ""
    language: str = "en"

    def read(self) -> Study:
        """Return the study with what was chosen otherwise, and few draws."""
        return choose_study(
            self.study,
            first=self.first,
            last=self.last,
            provinces=self.provinces,
            first_treated=self.first_treated,
            draws=DRAWS,
        )

    def call(self) -> str:
        """Return the call that gives this view again."""
        given = [(field.name, getattr(self, field.name), field.default) for field in fields(self)]
        words = [f"{name}={value!r}" for name, value, default in given if value != default or name == "study"]
        return f"explore({', '.join(words)}, live=False)"
