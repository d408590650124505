"""The web service: parse, call the workspace, show; no decisions."""
