"""What is on public record about real places, as data; the pipeline builds workspaces from it."""
