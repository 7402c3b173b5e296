"""Records counted into figures: dossiers of a one-stop system through DuckDB, and tables of the units of provinces."""
