"""Views of newcomers' own pages, and of the office that gives access to them."""
