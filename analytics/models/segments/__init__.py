"""Groups of customers who handle money alike: stable, named by what sets them apart, kept across refits."""
