"""Acts on enrolments, levels and attendance."""
