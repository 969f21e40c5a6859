"""What is done with a household's links, and by the household itself."""
