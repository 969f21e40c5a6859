"""What every link for somebody without an account is made of; rooms say what theirs open, and how.

A signed address names rows by their numbers, so that the wall can be told which of them to show before anybody has come
in, and holds a secret of which only the digest is kept. A link ends by itself, and can be closed before.
"""
