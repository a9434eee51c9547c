"""What Ansible would do with the files of a repository, found out by reading them."""
