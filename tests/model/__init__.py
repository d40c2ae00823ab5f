"""The real server core and the real tablet core, side by side in random histories with faults."""
