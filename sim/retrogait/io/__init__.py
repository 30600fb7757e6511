"""Bytes on disk: OpenSim tables and loads, result files, provenance."""
