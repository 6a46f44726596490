"""Operations on spectra: change of basis, linear combinations, alignment, joins, order, sums."""
