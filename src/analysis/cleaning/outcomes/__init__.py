"""Tables become observations and quarantine; no row is lost, and sums and shares are compared."""
