"""A study's panel becomes an answer: its method and checks, what other choices give, what a next design could show."""
