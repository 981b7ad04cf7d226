"""Our small Welsh/English sentence encoder: how it was made. What uses it is `bot.encoder`."""
