"""What is done with moves, one function a change."""
