"""What operators watch is what happened."""
