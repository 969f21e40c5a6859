"""The programme: plans agreed with a person, the week, follow-ups, absence and the journal."""
