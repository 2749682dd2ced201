"""What is measured, written to benchmarks/README.md by `make bench`."""
