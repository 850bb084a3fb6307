"""What makes a letter wait for a person, and what that person then does."""
