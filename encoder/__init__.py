"""The Welsh/English sentence encoder: how it is trained. Used through `bot.encoder`."""
