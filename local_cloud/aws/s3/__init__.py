"""S3 with atomic conditional writes whose objects lie as plain files in a folder."""
