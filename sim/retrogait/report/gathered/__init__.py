"""What pictures show, found once for paper and page: arrays with names and units, and nothing drawn."""
