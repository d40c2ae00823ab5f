"""Subscribing and choosing; announcing in a deed; delivering in the background."""
