"""The whole way, over real sockets with TLS: emulator, callbot and a bot."""
