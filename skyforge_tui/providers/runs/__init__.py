"""Run engines: whatever executes templates."""
