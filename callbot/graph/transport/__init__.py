"""How a request gets to Graph and what its answer means, whatever the verb."""
