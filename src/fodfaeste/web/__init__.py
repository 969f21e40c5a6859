"""The web application: the office's daily work, on Django. Nothing outside this room imports Django."""
