"""Observations, targets and a study become what is compared: a panel, one province's pair or series, the country."""
