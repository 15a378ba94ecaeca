"""The demo: real files and invented people, loaded through the services that people use."""
