"""Who works here: users, organisations, roles, and the one gate through which everything about a person is seen."""
