"""The wording ladder: what the checks and the interval allow a brief to say, chosen here and never by hand."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.estimation.results import Check, Estimate

# Words that claim more than any design here can carry; a test looks for them in every rendered brief.
BANNED_WORDS = {"en": ("proves", "proven", "thanks to"), "vi": ("chứng minh", "nhờ có", "nhờ vào")}


def choose_wording(estimate: Estimate, checks: Iterable[Check]) -> str:
    """Return the rung for an estimate: `unclear`, `failed` or `passed`.

    `unclear` when the interval includes zero or is missing ("we cannot tell whether"); `failed` when it does
    not but a check did not pass or could not be made ("rose after, alongside other changes"); `passed` only
    when the interval excludes zero and every check passed ("higher than it would otherwise have been").
    """
    low, high = estimate.conf_low, estimate.conf_high
    if low is None or high is None or low <= 0 <= high:
        return "unclear"
    made = list(checks)
    return "passed" if made and all(check.passed for check in made) else "failed"
