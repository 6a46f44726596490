"""What an array may hold besides a spectrum: expressions, packed eigenvalues, linear maps."""
