"""Perfect mazes of many sizes, as in the published maze game: from the bottom left to a cheese in the top right."""
