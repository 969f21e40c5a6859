"""Commands of persons, one a module."""
