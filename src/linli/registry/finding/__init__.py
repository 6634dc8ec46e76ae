"""Global search: compounds, buildings, entities, key places, components, people and areas from one field."""
