"""The command line: reads arguments, calls one function, shows progress, chooses the exit code."""
