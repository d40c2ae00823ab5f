"""Nobody reads another authority: the nets under every statement, and requests that try."""
