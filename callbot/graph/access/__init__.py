"""How the bot gets its access tokens: proof of who it is, sign-in, and tokens kept until they expire."""
