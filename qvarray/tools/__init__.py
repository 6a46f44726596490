"""What the command line runs: the report, the comparison with peers, the warm-up."""
