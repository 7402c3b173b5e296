"""What the columns of a table mean, by their heads and what stands around, and which of its rows stand."""
