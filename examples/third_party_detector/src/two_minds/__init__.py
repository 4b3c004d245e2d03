"""A detector for misgen from outside."""
