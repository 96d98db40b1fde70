"""A bundle for people and programs: HTTP service and batch scoring."""
