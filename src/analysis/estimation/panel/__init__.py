"""Tidy frames become matrices of units by periods, which every method starts from."""
