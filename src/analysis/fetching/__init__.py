"""Fetching what publishers put on the web, one polite call after another; nothing here reads a figure."""
