"""The way out to Graph, against real TLS servers on loopback."""
