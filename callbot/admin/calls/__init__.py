"""What an admin sees of calls and does with them."""
