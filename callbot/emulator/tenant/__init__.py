"""What the emulated tenant holds: people and meetings."""
