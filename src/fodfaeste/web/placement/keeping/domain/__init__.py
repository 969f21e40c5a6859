"""What is done: holds set and lifted, households deleted by rule."""
