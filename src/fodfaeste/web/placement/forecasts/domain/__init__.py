"""What is done with forecast models: bringing them in, keeping what the past says of them, watching them in use."""
