"""What callbot does for a callback, counted: no test here looks at a clock."""
