"""The catalogue of forms (台账、报表): who asks for what, by which law, how often, whether it may, and its versions."""
