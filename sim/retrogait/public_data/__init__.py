"""Recordings that anybody may have: which there are, where from, and fetching those that can be."""

from retrogait.public_data.fetch import Fetched, cache_folder, fetch
from retrogait.public_data.registry import (
    Dataset,
    Recording,
    RecordingFile,
    Registry,
    read_registry,
)

__all__ = [
    "Dataset",
    "Fetched",
    "Recording",
    "RecordingFile",
    "Registry",
    "cache_folder",
    "fetch",
    "read_registry",
]
