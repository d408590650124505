"""What checks judge by, computed once: one file per library behind it, and the versioned reference."""
