"""Views of a household's own pages, and of the office that gives access to them."""
