"""What `fodfaeste.place` does, and other solvers of the same instances: one module a peer."""
