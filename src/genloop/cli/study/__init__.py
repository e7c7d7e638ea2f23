"""A study: a loop, its numbers, the data and the questions, as options or as a TOML file."""
