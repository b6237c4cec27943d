-- The database of the installation, where it does not exist yet.
CREATE DATABASE IF NOT EXISTS {{ database }}
