"""What is remembered. No ORM object leaves this room."""
