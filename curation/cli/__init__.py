"""The command line: parse, call the workspace, show; no decisions."""
