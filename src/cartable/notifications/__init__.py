"""Telling people outside the application that something waits for them: Web Push."""
