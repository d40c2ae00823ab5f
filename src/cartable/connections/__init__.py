"""Ways in by an identity provider (ProConnect, any OpenID Connect): who an authority trusts, and
which account is behind the identity that it vouches for."""
