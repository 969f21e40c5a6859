"""A country to try things in: six municipalities with made-up staff and people, that can be taken away again."""
