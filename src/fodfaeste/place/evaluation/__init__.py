"""What explaining and evaluating a plan share: worth and error of placements, baselines, parts of a problem."""
