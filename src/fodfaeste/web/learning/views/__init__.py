"""Pages of language schools, and of the office on them."""
