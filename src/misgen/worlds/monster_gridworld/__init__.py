"""Apples, shields and monsters: what a shield is worth once the monsters are gone."""
