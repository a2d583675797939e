"""The soak: how it judges, and a short one."""
