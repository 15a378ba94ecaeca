"""By what a marketplace's search can be narrowed: offered by its site.toml, chosen, and shown."""
