"""What only a terminal knows."""
