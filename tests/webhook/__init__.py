"""The way in, tested with real keys, real tokens and real sockets."""
