"""Global search: compounds, buildings, entities, key places, components, rented homes, people and areas from one field."""
