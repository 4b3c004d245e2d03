"""A line or a gem, in any colour: trained on one thing, then made to choose between two that each share half of it."""
