"""What documents, HTML and PDF, have in common: what they keep of the rows, their parts, charts and fonts."""
