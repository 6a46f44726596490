"""Pages are tests; the modules and what is built here are none."""

collect_ignore_glob = ["*.py", "_build/*", "api/generated/*", "examples/*"]
