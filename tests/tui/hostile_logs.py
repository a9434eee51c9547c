"""Logs that try something: to move, to hide, to exhaust, to pass for something else."""

from __future__ import annotations

HOSTILE: dict[str, bytes] = {
    "title": b"\x1b]0;owned\x07a\x1b]2;owned\x1b\\b\x1bkowned\x1b\\c\n",
    "clipboard": b"\x1b]52;c;ZXZpbA==\x07x\x1b]52;p;ZXZpbA==\x1b\\y\x1b]52;c;?\x07z\n",
    "cursor": b"\x1b[2J\x1b[H\x1b[10;10H\x1b[5A\x1b7\x1b[s\x1b[999Dplaced\x1b8\x1b[u\n",
    "screen": b"\x1b[?1049h\x1b[?25l\x1b[?1000h\x1b[?2004h\x1bcfull reset\x1b[!p\x1b[3J\n",
    "reports": b"\x1b[6n\x1b[c\x1b[>c\x1b[?6n\x1b]11;?\x07\x1bP+q544e\x1b\\answer me\n",
    "device strings": b"\x1bPtmux;\x1b\x1b]52;c;ZQ==\x07\x1b\\\x1b_Gi=1;AAAA\x1b\\"
    b"\x1b^x\x1b\\\x1bXs\x1b\\\n",
    "sixel": b"\x1bPq#0;2;0;0;0#0~~@@vv@@~~@@~~$-\x1b\\after\n",
    "links": b"\x1b]8;;http://evil.example\x07ok: [leaf1]\x1b]8;;\x07\n",
    "never ends": b"\x1b]0;" + b"never ends " * 400 + b"\n"
    b"\x1bP" + b"nor this " * 400 + b"\nplain\n",
    "eight bit": b"\x9b2J\x9b31mred\x9d0;t\x9c\x90q\x9c\x85next\n",
    "controls": bytes(range(0x20)).replace(b"\n", b"") + b"\x7f\n"
    + bytes(range(0x80, 0xA0)) + b"\n",
    "nul": b"\x00" * 300 + b"\nfatal\x00: [leaf1]\n",
    "broken utf-8": b"\xff\xfe\xc3(\xe2\x82\xed\xa0\x80\xf4\x90\x80\x80\xc0\xaf caf\xe9\n",
    "right to left": "ok: [\u202eleaf1\u202c] \u2066x\u2069 \u200fy\u061c \u2067z\n".encode(),
    "nothing to see": "a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg\u180eh"
    "\u034f\U000e0041\n".encode(),
    "stacked": ("z" + "\u0301\u0488\u20dd" * 200 + "\n").encode(),
    "pictures": "👨\u200d👩\u200d👧 👍🏽 🇩🇪 1\ufe0f\u20e3 ✈\ufe0f ✈\ufe0e 漢字 ｗｉｄｅ\n".encode(),
    "no characters": "\ufffe\uffff\ufdd0\U0001ffff\ue000\U00010ffff\n".encode(),
    "line breaks": "a\u2028b\u2029c\x0bd\x0ce\x85f\n".encode(),
    "tabs": b"\t" * 500 + b"x\n" + b"a\tbb\tccc\tdddd\n",
    "rewritten": b"".join(b"\r%3d%% [%-9s]" % (n, b"#" * n) for n in range(9)) + b"\n",
    "rewritten in part": b"abcdefghij\rxyz\n\x1b[31mred red\r\x1b[0mok\x1b[K\n"
    b"spin |\x08/\x08-\x08\n",
    "hides itself": b"\x1b[8mhidden\x1b[0m \x1b[30;40mblack\x1b[0m \x1b[97;107mwhite\x1b[0m\n",
    "markup": b"[bold red]x[/] [link=http://e]y[/link] [@click=app.quit]z[/] {{ x }} $(id)\n",
    "passes for ours": "▌ 14:31:05  fatal: [x]  ━ F  142 new ↓ \n╌╌ gap 5 lines ╌╌\n".encode(),
    "passes for Ansible": b"TASK [" + b"]" * 300 + b"] ***\nok: [" + b"h" * 400 + b"]\n"
    b"PLAY RECAP ****\nh : ok=99999999999999999999 changed=-1\n...ignoring\n"
    b"TASK [\x1b]0;t\x07] ***\nfatal: [\x1b[2J]: x\n",
    "left switched on": b"\x1b[1;4;7;9;31;44m" + b"\n" * 60 + b"still\n",
    "sequences": b"\x1b" * 50 + b"\x1b[" * 50 + b"\x1b[0" * 50
    + b"\x1b[38;5;" + b";" * 500 + b"m\n",
    "colours": b"\x1b[38;2;999;1;1mx\x1b[38;5;256my\x1b[48:2::1:2:3mz\x1b[38:5:208mw\x1b[38;2m\n",
    "huge": b"x" * 300_000 + b"\x1b[31m" + "漢".encode() * 30_000 + b"\n",
    "no end": b"the last line has no end \x1b[3",
}  # fmt: skip
"""By what they try."""
