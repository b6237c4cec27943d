-- Lets a program's user sign in as the IAM role that its tasks have.
-- Params: -
ALTER USER {{ user }} SET WORKLOAD_IDENTITY = (TYPE = AWS ARN = '{{ role_arn }}')
