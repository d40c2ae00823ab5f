"""Web Push, received and decrypted by others."""
