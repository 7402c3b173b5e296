"""Results become figures, words and briefs; nothing is fitted here."""
