"""The end-to-end tests."""
pytest_plugins = ["worlds"]
