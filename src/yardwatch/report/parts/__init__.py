"""The parts of a report: each makes blocks of what is known; `compose` puts them in order."""
