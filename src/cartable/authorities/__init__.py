"""The local authorities that share a server, and the number line of each."""
