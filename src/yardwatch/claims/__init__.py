"""What others have said: extraction, lineage, drift, and reconciling with what was seen."""
