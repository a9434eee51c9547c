"""The place projects."""
