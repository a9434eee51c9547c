"""What the pretend company automates, project by project."""

from __future__ import annotations

from typing import Final

from skyforge_tui.demo.estate import Question, Recipe

_SITE: Final = Question(
    "site", "Site", "enum", (("Lyon", "lyon"), ("Oslo", "oslo"), ("Kraków", "krakow")), "lyon",
    is_required=True, description="Where it happens", usual=("lyon", "oslo"),
)  # fmt: skip
_GREET: Final = Recipe(
    "Greet", "site.yml", description="Say hello to every machine", takes=("limit", "args"),
    view="Trying things", often=1,
)  # fmt: skip
_BACKUP: Final = Recipe(
    "Backup configurations", "backup.yml", cron="0 2 * * *", takes=("limit", "debug"),
    description="Read every running configuration and keep what changed", often=9,
)  # fmt: skip
_COMPLIANCE: Final = Recipe(
    "Compliance report", "compliance.yml", cron="30 6 * * 1-5", view="Reports",
    description="Compare every machine with the rules", takes=("limit", "tags"), often=5,
)  # fmt: skip
_FACTS: Final = Recipe(
    "Collect facts", "facts.yml", view="Reports", takes=("limit", "inventory"), often=4
)
_UPGRADE: Final = Recipe(
    "Upgrade software", "upgrade.yml", view="Changes", takes=("limit",), often=2,
    description="Two at a time: copy, drain, reboot, look, go on",
    questions=(
        Question("release", "Release", "enum", (("4.32.1F", "4.32.1F"), ("4.33.0F", "4.33.0F")),
                 "4.32.1F", is_required=True, usual=("4.33.0F",)),
        Question("reason", "Why", description="Goes into the change record",
                 usual=("bug fix", "end of support")),
    ),
)  # fmt: skip

EDGE_FABRIC: Final = (
    _GREET,
    _BACKUP,
    Recipe(
        "BGP policy", "bgp.yml", view="Changes", groups=("defaults", "bgp-secrets"), often=6,
        description="Render, load, commit and look from the outside",
        takes=("limit", "tags", "debug", "args", "branch"),
        questions=(
            _SITE,
            Question("community", "Community", default="65000:100", is_required=True,
                     usual=("65000:100", "65000:120")),
            Question("prefix_limit", "Prefixes at most", "int", default="12000",
                     description="The session is closed beyond it", usual=("12000", "20000")),
            Question("bgp_password", "Session password", "secret", is_required=True),
        ),
    ),
    _UPGRADE,
    _COMPLIANCE,
    _FACTS,
    Recipe(
        "Soak test", "soak.sh", "bash", "Traffic over the fabric, for as long as it takes",
        (Question("rounds", "Rounds", "int", default="60", usual=("60", "300")),),
        view="Trying things", groups=(), is_parallel=True, often=1,
    ),
)  # fmt: skip

CAMPUS: Final = (
    _GREET,
    _BACKUP,
    Recipe(
        "Add a VLAN", "vlan.yml", view="Changes", takes=("limit", "inventory"), often=6,
        description="One VLAN, on all access switches of a site",
        questions=(
            _SITE,
            Question("vlan", "Number", "int", is_required=True, description="2 to 4094",
                     usual=("120", "121", "340")),
            Question("name", "Name", default="users", usual=("users", "cameras", "guests")),
        ),
    ),
    _UPGRADE,
    _COMPLIANCE,
    Recipe("Remove old images", "cleanup.ps1", "powershell", view="Daily work", groups=(),
           cron="15 3 * * 6", often=1),
)  # fmt: skip

CLOUD_LANDING: Final = (
    Recipe("Network", "network", "tofu", "Networks and gateways; asks before it applies",
           view="Changes", groups=("cloud",), takes=("auto_approve", "destroy"), often=4),
    Recipe("Accounts", "accounts", "terraform", "Accounts and their limits", view="Changes",
           groups=("cloud",), takes=("auto_approve",), often=2),
    Recipe("Build gateway image", "flood.sh", "bash", view="Releases", kind="build", groups=(),
           questions=(
               Question("rate", "Lines a second", "int", default="20", usual=("20",)),
               Question("seconds", "Seconds", "int", default="30", usual=("10",)),
           ), often=2),
    Recipe("Deploy gateway image", "upgrade.yml", view="Releases", kind="deploy",
           builds="Build gateway image", often=2),
)  # fmt: skip

LAB_SERVICES: Final = (
    Recipe(
        "Netlab up", "netlab_up.py", "python", "Bring a virtual lab up", view="Labs",
        groups=("labs",), is_parallel=True, takes=("branch",), often=5,
        questions=(
            Question("lab", "Lab", "enum",
                     (("OSPF basics", "ospf-basics"), ("BGP on two sites", "bgp-two-sites"),
                      ("EVPN", "evpn")),
                     "ospf-basics", is_required=True, usual=("ospf-basics", "evpn")),
            Question("owner", "For whom", usual=("rosa", "tom")),
        ),
    ),
    _GREET,
    _COMPLIANCE,
    Recipe("Clean hypervisors", "cleanup.ps1", "powershell", view="Daily work", groups=(),
           cron="0 5 * * 0", often=1),
    Recipe(
        "Flood", "flood.sh", "bash", "Many lines, each with its number: for whoever counts them",
        (
            Question("name", "Name", usual=("a", "b")),
            Question("rate", "Lines a second", "int", default="50", usual=("50",)),
            Question("seconds", "Seconds", "int", default="60", usual=("4",)),
        ),
        view="Trying things", groups=(), is_parallel=True, often=1,
    ),
)  # fmt: skip
