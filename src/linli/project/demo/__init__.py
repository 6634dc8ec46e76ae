"""The demo: a reproducible synthetic district and the departmental spreadsheets it is taken in from.

Nobody in it exists. The pure part (`generate`, `write_spreadsheets`) knows no database; `commands` and
`loading` bring the spreadsheets in through the same intake actions that users have.
"""
