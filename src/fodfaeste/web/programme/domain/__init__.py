"""What is done in a programme: one function a change, each in one transaction."""
