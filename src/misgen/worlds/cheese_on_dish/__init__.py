"""A mouse, a maze, and a cheese that was always served on a dish."""
