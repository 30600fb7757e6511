"""Walks that can be chosen, watched and compared in a browser: in one page, or served and added to."""

from retrogait.explore.gather import bundled_walks, stored_walks, walk_of_gait

__all__ = ["bundled_walks", "stored_walks", "walk_of_gait"]
