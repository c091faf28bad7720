"""What changed between two scenes."""
