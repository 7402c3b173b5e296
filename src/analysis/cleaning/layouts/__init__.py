"""What a person says in a layout.toml of an odd spreadsheet, and what it asks."""
