"""A mouse, a maze, a cheese, and lava that was never there before."""
