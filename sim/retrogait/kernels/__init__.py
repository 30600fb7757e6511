"""Compiled kernels: arrays in, arrays out; no files, no objects."""
