"""The sentences with which the index answers its question: one a study, on the rung that its checks allow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.reference.indicators import find_indicator
from analysis.reporting.site_data import PRESS, SURVEY
from analysis.reporting.site_measures import Words
from analysis.reporting.texts import load_texts

if TYPE_CHECKING:
    from analysis.answers.study_answer import StudyAnswer
    from analysis.panels.study_panel import StudyPanel


def answer_sentences(answers: Sequence[tuple[StudyPanel, StudyAnswer]], words: Words) -> list[str]:
    """Return a sentence a study, in the order given: effect in percentage points with its interval, and what on."""
    return [_sentence(panel, answer, words) for panel, answer in answers]


def _sentence(panel: StudyPanel, answer: StudyAnswer, words: Words) -> str:
    effect, factor = answer.effect, answer.points_per_unit or 1.0
    size = effect.estimate * factor
    known = len(panel.starts) + len(panel.too_early) + len(panel.absent)
    parts = {
        "label": _label(answer.outcome, words),
        "which": words.say(
            "answer", f"which_{'of' if known > answer.n_treated else 'all'}", n=answer.n_treated, known=known
        ),
        "setters": words.say("answer", f"setters_{_known_from(panel)}"),
        "size": words.number(abs(size), 1),
        "effect": words.number(size, 1, signed=True),
        "higher": words.say("answer", "higher" if size >= 0 else "lower"),
        "interval": words.say("answer", "no_interval"),
        "basis": _basis(answer, words),
    }
    if effect.conf_low is not None and effect.conf_high is not None:
        low, high = sorted((effect.conf_low * factor, effect.conf_high * factor))
        parts["interval"] = words.say(
            "answer",
            "interval",
            level=words.number(100 * effect.conf_level, 0),
            low=words.number(low, 1, signed=True),
            high=words.number(high, 1, signed=True),
        )
    return words.say("answer", answer.rung, **parts)


def _known_from(panel: StudyPanel) -> str:
    """Return `press` where the press states the decision of each treated province, else `known`."""
    sayers = [start.stated_by for start in panel.starts if start.province_code in panel.treated]
    return "press" if all(who == PRESS for who in sayers) else "known"


def _label(outcome: str, words: Words) -> str:
    """Return the outcome's name inside a sentence: of an administrative figure the one the briefs use."""
    labels: dict[str, str] = load_texts("brief", words.language)["panel"]["labels"]
    line = find_indicator(outcome)
    own = (
        words.say("answer", "survey_label") if outcome == SURVEY else getattr(line, f"name_{words.language}")
    )
    return labels.get(outcome, str(own))


def _basis(answer: StudyAnswer, words: Words) -> str:
    """Say what the answer rests on: residents' answers, or figures of the provinces of one map, between two periods."""
    key = "basis_survey" if answer.outcome == SURVEY else f"basis_{answer.frame}"
    return words.say("answer", key, first=words.period(answer.first), last=words.period(answer.last))
