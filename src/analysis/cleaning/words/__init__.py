"""What texts mean: provinces, periods, indicators, and words that say something of figures."""
