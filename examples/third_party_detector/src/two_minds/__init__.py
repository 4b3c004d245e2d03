"""A detector and a mitigation for misgen from outside."""
