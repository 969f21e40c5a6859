"""What is done with links and by newcomers themselves."""
