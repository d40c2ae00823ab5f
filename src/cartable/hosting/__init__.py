"""The host: opening, suspending and measuring authorities, without reading anything of them."""
