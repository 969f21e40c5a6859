"""What other rooms' pages show of schooling."""
