"""Layout and cells become observations and quarantine; nothing else is looked at, and no row is lost."""
