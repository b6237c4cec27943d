"""The connection test: everything that a report needs to reach, one step after the other, from inside the container."""
