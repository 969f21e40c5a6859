"""What other rooms' pages show of agreements."""
