"""Spheres in an order that only the partner shows: expert in training, anti-expert afterwards."""
