"""Encoded arrays as chunks of zarr: its codec, and that of numcodecs."""

from .interop.numcodecs_codec import Encoded
from .interop.zarr_codec import EncodedCodec

__all__ = ["Encoded", "EncodedCodec"]
