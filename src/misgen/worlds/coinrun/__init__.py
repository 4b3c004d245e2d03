"""A runner, a level full of hazards, and a coin that always lay at the end."""
