"""Readers of files whose columns are known by name: published figures, target setting, PAPI."""
