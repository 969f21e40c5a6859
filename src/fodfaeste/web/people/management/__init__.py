"""Commands of persons."""
