"""The parts of claim extraction, one idea each."""
