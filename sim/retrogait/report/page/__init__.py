"""The interactive page of a study: one HTML file, no network."""
