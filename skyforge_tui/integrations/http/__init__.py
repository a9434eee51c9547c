"""Talking to web services: one client per server and identity.

`client` is what vendors use. It rests on `wire` (the only room that knows httpx), `websocket`
(beside it), `tls` (whom to believe), `way` (proxies, jump hosts), `pace` (how much at once, when
again), `rows`, `reply` and `lenient` (what bodies mean), `probe` (where a service is), `failures`
(what went wrong, in words).
"""
