"""What callbot does for a callback, a read, an import, counted: no test here looks at a clock."""
