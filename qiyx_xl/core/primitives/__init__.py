"""Values, periods, exact quotients and texts, which know nothing of plans and forms."""
