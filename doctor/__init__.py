"""What is wrong with a deployment, and why: checks of it, and the explanation of one failure."""
