"""Who reports from outside: a number to follow the case by, what they are told, what they may answer."""
