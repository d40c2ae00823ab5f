"""What each person may ask of their own data, how long it is kept, and what the law wants said."""
