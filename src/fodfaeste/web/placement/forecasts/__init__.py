"""The register of forecast models: trained ones are brought in, tried on the past, and switched on by two persons."""
