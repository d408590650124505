"""One file per group of figures: `measure(bench)` yields them. A file here is a group; there is no second list."""
