"""What can be done with organisations, users and roles: one function a change, each in one transaction."""
