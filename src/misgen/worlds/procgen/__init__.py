"""The original Procgen games (C++), played in an environment of their own, with the coin, cheese or keys where we say."""
