"""Tests of the conversions from and to other libraries, beside the libraries themselves."""
