"""The whole way from an unanswered question to a published answer, with real training on little content."""
