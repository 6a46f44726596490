"""What knows of no array: locks, caches that can be cleared, figures as text with their units."""
