"""Results to tables and figures; never recomputes."""
