"""How good the data are, by area and source: indicators, the records behind each figure, and a picture of every day."""
