"""Where each community stands between 基础型, 成长型 and 标杆型, why, what is missing, and which works lift the most."""
