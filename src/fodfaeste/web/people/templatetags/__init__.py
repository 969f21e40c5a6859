"""Tags of the templates of persons."""
