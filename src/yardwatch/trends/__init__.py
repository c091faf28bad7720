"""Activity over the years: series, change points, flow, and what follows an event."""
