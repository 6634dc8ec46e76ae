"""Compounds, buildings and homes with the people in them: lists, pages, exports."""
