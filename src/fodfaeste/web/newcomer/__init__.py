"""A newcomer's own pages: a link with a code opens them, and they show that one person's things alone."""
