"""Events: from payload to object."""
