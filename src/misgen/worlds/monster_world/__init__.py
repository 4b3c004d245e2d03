"""A mouse, apples, and shields against monsters that were always about."""
