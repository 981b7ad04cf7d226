"""Every answer as a plain page, and a chat that works without JavaScript."""
