"""What to time and where the time goes: commands out, numbers in."""
