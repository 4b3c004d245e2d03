"""A mouse, three beacons to be visited in order, and a leader who always knew the order."""
