"""How much an authority uses the product: counts, never a person, never an opinion."""
