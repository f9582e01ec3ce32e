"""What did the user ask to see, and what follows from it? NumPy only."""
