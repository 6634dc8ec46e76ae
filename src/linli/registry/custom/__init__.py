"""Custom fields: facts that a department's form asks for and the base did not hold, each with a type and an owner."""
