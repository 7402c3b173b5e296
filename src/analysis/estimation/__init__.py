"""Panels become results: arrays and frames in, frozen results out, never a path."""
