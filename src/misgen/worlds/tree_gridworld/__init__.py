"""A forest that grows back as fast as it is dense, and an agent who fells it."""
