"""What all else is built on: spectra, sources, the table of rules, the budget, pages."""
