"""Systems of indicators: their versions with the days they hold, read from tables, compared, taken out."""
