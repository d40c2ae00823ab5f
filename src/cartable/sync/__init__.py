"""What travels to tablets and back."""
