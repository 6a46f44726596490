"""Create arrays from coordinates, eigenvalues and samples, and operators from their symbols."""
