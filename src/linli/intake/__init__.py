"""Tables in: read, map, check, match, review, merge. Every departmental spreadsheet comes through this room."""
