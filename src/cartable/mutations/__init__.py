"""What members write on their tablets: the log of mutations, their chains, their outcomes."""
