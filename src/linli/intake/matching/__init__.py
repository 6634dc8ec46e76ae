"""Files of people into what matching compares, and `linli match`. No database: a file in, a file out."""
