"""Reference tables that ship with the package: provinces, their spellings, the codebook of indicators."""
