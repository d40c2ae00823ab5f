"""How a member prepares a vote: intentions and arguments. Private, and never a vote."""
