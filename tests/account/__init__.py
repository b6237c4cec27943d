"""What only a real account can prove, step by step: `make verify-account`."""
