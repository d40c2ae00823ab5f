"""What a member writes on the pieces: ink, highlights, notes, bookmarks. Private."""
