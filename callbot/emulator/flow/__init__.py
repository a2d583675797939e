"""What happens to a call: the state machine, and everybody who moves it."""
