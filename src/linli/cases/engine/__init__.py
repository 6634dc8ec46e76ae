"""The case engine: one table of states, actions and guards, the only code that moves a case along it, and its reads."""
