"""What comes in: data packages, the 2002 report, positions of municipalities."""
