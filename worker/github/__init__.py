"""What perfsmith does on GitHub: what an event asks for, and how the answer is given."""
