"""OpenSim models in, compiled arrays out."""
