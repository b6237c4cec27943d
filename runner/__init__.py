"""What the container runs: read the task spec, query, write files, upload them, leave the manifest last."""
