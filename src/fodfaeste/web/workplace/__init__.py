"""Agreements with workplaces on traineeships and jobs, approved by the newcomer, the workplace and the office."""
