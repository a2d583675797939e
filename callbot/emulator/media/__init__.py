"""What people in a call hear and press: prompts, recordings and tones."""
