"""Files of any kind become sheets: rows of texts, each with its address and its format."""
