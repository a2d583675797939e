"""What a test or a demo holds in hand: the emulated world, its calls, their conversations."""
