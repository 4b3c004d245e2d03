"""Few keys and many chests, and then the other way round."""
