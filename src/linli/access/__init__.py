"""Who may do what, where: accounts, units, posts with dates, roles, grants of scope, the read log and the change log."""
