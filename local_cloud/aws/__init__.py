"""A local AWS: stock moto, with a Fargate that runs tasks as processes and an S3 that keeps its objects."""
