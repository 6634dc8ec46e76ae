"""Raw tables into canonical ones, column by column; every doubt becomes a finding with row, reason and remedy."""
