"""People, how they sign in, and the devices they sign in from."""
