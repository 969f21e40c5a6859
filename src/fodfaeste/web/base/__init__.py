"""What every room of the application shares: the look, lists, words of the database, the front page."""
