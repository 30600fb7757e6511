"""Loads under review: a baseline that a person agreed to, and what has moved since.

`gather` takes the loads out of results, `store` keeps them in one small file, `compare` finds what moved by
more than the `tolerances`, in physical units, and `explain` says so in sentences with the `causes` that the
records name; `junit`, `markdown`, `terminal` and `picture` show it to whom it concerns.
"""
