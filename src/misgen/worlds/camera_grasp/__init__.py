"""A robot hand, a ball, and a camera that cannot tell near from far."""
