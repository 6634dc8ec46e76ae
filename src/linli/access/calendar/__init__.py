"""The work calendar of the district: holidays, days worked instead, and working hours, each dated and with its source."""
