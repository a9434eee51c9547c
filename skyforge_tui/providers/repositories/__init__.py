"""Repository hosts: whatever holds projects."""
