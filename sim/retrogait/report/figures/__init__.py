"""Figures for papers and slides: matplotlib on what `retrogait.report.gathered` found."""
