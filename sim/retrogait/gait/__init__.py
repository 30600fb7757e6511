"""Motion as labelled arrays: from file tables to what the kernels expect."""
