"""Speed, and beside it the agreement with OpenSim: ``python -m tests.benchmarks`` (`make bench`)."""
