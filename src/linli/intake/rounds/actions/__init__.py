"""The only code that changes rounds: opening and closing, sending up and giving back, answering."""
