"""Local state: the disposable cache, what exists only here, and the directories of local runs."""
