"""What can be done to persons and households: one function a change, with who does it, in one transaction."""
