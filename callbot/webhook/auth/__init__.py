"""Says who sent a callback: its token, the keys that sign tokens, and the checks that are all mandatory."""
