"""Keys, selections and assignments on spectra, as NumPy indexes arrays."""
