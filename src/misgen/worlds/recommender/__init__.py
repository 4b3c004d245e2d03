"""A feed, a reader whose interests drift, and items that are opened because they catch the eye."""
