"""A corridor with a lamp: in training it always stands at the right-hand end."""
