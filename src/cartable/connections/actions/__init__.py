"""Going to a provider, coming back, linking it, leaving it; deciding which are trusted."""
