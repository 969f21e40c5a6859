"""Pages of agreements: the office's, the workplace's by its link, and the newcomer's own."""
