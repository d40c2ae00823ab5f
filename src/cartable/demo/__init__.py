"""The demonstration: an invented commune and its community, their people, sittings and papers."""
