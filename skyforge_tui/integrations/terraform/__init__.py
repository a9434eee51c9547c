"""Terraform and OpenTofu: their configurations, recognised by reading."""
