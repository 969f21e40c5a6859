"""Floors: no group gets less than lots would give it, unless two persons have switched its floor off."""
