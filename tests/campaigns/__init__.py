"""Campaigns: many seeded trials of one kind; some of them here, all with the nightly profile."""
