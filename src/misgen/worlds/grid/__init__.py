"""What the small mazes have in common: walls, pools, what is seen, how it is drawn, how it is played by hand."""
