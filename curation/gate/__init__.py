"""The gate: what a branch would bring into datanets kept in Git, judged by what stands in the base."""
