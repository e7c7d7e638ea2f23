"""The commands: a file each with its own options, the call of its answer, and its words."""
