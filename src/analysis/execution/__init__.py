"""Notebooks become executed notebooks; nothing is known here of provinces."""
