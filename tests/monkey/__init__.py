"""A monkey at the keyboard: whatever it does, the program neither faults nor falls deaf."""
