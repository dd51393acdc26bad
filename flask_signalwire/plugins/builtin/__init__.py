"""Built-in plugins: what the core can do as a plugin, it does as one."""
