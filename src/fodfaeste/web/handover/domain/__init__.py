"""What can be done with a handover and with a stand-in, and what is read for them."""
