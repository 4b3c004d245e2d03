"""A falling-block game with a pause key, and a player who is paid for not losing."""
