"""Lengths of PyTorch's Conv1d and ConvTranspose1d, and what it takes to make them match."""
