"""How far a member has read: position and read marks of each piece. Private."""
