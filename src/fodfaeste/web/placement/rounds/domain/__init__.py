"""What can be done to a round: one function a change, by somebody, in one transaction."""
