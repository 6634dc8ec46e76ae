"""Spreadsheets of cases through the intake's machinery: orders of the 12345 hotline, and closed cases of earlier systems."""
