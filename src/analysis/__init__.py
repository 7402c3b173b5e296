"""Estimate what targets for online public services did in Viet Nam's provinces, and how sure that is."""

__version__ = "0.1.0"
