"""Recodes: an area gets another code, joins another, becomes a community or goes to another town; dated and undoable."""
