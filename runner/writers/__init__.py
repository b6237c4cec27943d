"""The file formats, each a small class that takes Arrow batches and writes bytes as they come."""
