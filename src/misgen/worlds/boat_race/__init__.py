"""A boat that is paid for targets, and targets that come back."""
