"""What is done with agreements and their links."""
