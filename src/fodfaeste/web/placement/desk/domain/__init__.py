"""Acts at the desk: one function a change."""
