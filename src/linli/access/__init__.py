"""Who may do what, where: accounts, units, dated posts, roles, grants of scope, the read log and the change log."""
