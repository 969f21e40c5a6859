"""An arriving household's own pages, by a link with a code: what it wishes, and what was decided and why."""
