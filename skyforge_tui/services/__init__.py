"""What one may do: the public contract, every public coroutine guarded by a permission."""
