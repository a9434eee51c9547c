"""What a person configured: a file, the environment and a profile become frozen values.

`frame` is read before the first picture and must stay cheap: nothing here imports it all.
"""
