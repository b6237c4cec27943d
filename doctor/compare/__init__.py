"""Two deployments side by side: only what differs, grouped by what it can cause, secrets as fingerprints."""
