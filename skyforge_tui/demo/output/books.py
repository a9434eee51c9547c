"""The playbooks of the pretend company."""

from __future__ import annotations

from typing import Any

from skyforge_tui.demo.output.book import Act, Book, Play
from skyforge_tui.demo.output.steps import Job


def _asn(host: str) -> int:
    """Return the number that a router goes by; the same one every time."""
    return 65000 + sum(map(ord, host)) % 200


def _policy(host: str, job: Job) -> list[str]:
    community = job.answers.get("community", "65000:100")
    return [
        f" router bgp {_asn(host)}",
        f"  bgp router-id 10.0.0.{sum(map(ord, host)) % 250}",
        "- neighbor FABRIC send-community",
        "+ neighbor FABRIC send-community extended",
        f"+ neighbor FABRIC route-map SET-{community} out",
        "  maximum-paths 4",
    ]


def _vlans(host: str, job: Job) -> list[str]:
    number = job.answers.get("vlan", 120)
    return [f"+vlan {number}", f"+ name {job.answers.get('name', 'users')}", " !"]


def _sessions(host: str, job: Job) -> Any:
    return f"{host}: 4 sessions established, {1200 + sum(map(ord, host)) % 900} prefixes"


BACKUP = Book(
    (
        Play(
            "Save running configurations",
            (
                Act("Read the running configuration", seconds=0.6, loses=True),
                Act("Leave out what changes by itself", seconds=0.1),
                Act(
                    "Write it into the archive", changes=0.3, notifies="Commit the archive",
                    diff=lambda host, job: [
                        f" hostname {host}", "-logging host 10.1.1.1", "+logging host 10.1.1.7",
                        " ntp server 10.1.1.1",
                    ],
                ),
            ),
            handlers=(Act("Commit the archive", changes=1, once=True, seconds=0.5),),
        ),
    ),
    fails=0.12,
)  # fmt: skip

BGP = Book(
    (
        Play(
            "Check what was asked for",
            (
                Act("Assert that the community is one of ours", once=True,
                    message=lambda host, job: "All assertions passed"),
                Act("Refuse a change in the freeze", once=True, skips=1),
            ),
            gathers=False,
        ),
        Play(
            "Roll out the BGP policy",
            (
                Act("Render the policy", where="bgp", seconds=0.4, changes=0.5, diff=_policy),
                Act("Load it as candidate", where="bgp", seconds=0.8, changes=0.5,
                    notifies="Commit the candidate", diff=_policy,
                    breaks="commit check failed: route-map SET-{community} is not defined"),
                Act("Wait until sessions are established", where="bgp", seconds=1.0, retries=6,
                    breaks="session to 10.0.0.4 stays in state Active"),
                Act("Show sessions", where="bgp", message=_sessions),
            ),
            handlers=(
                Act("Commit the candidate", changes=1, seconds=0.7),
                Act("Save the configuration", changes=1),
            ),
        ),
        Play(
            "Look at it from the outside",
            (
                Act("Ask the route server for our prefixes", seconds=1.2, loses=True),
                Act("Compare with what we announce", is_ignored=True,
                    breaks="2 prefixes are announced more than intended"),
            ),
            group="edges",
        ),
    ),
    fails=0.25,
    warnings=("Collection ansible.netcommon is older than 7.0.0",),
)  # fmt: skip

UPGRADE = Book(
    (
        Play(
            "Upgrade to {release}",
            (
                Act("Is there room for the image", message=lambda host, job: "812 MB free"),
                Act("Copy the image", seconds=2.5, changes=0.9,
                    items=("nos.swi", "nos.swi.sha512"), breaks="no space left on device"),
                Act("Compare checksums", breaks="checksum differs"),
                Act("Drain traffic", changes=1, seconds=0.8),
                Act("Reboot", changes=1, seconds=1.5),
                Act("Wait for the device", seconds=2.0, retries=10, loses=True),
                Act("Is {release} running", message=lambda host, job: job.answers.get(
                    "release", "4.32.1F")),
                Act("Let traffic back", changes=1, seconds=0.6),
            ),
            batch=2,
        ),
    ),
    fails=0.3,
)  # fmt: skip

COMPLIANCE = Book(
    (
        Play(
            "Compare with the rules",
            (
                Act("AAA asks the servers first"),
                Act("NTP has three servers", is_ignored=True, breaks="only 2 servers"),
                Act("SNMP version 3 only"),
                Act("No unused port is up", is_ignored=True, breaks="Ethernet7 is up and unused"),
                Act("Banner says who may enter", is_rescued=True, breaks="banner differs"),
                Act("Put the banner back", changes=0.2, skips=0.8),
                Act("Loopback is in the table", breaks="no route to 10.0.0.1/32"),
                Act("Write the report", once=True, changes=1, seconds=0.8),
            ),
        ),
    ),
    fails=0.08,
)

VLAN = Book(
    (
        Play(
            "Take VLAN {vlan} to {site}",
            (
                Act("Is the number free", breaks="VLAN {vlan} exists and is called guests"),
                Act("Add the VLAN", changes=0.9, diff=_vlans, notifies="Save the configuration"),
                Act("Allow it on trunks", changes=0.9, items=("Port-Channel1", "Port-Channel2")),
            ),
            handlers=(Act("Save the configuration", changes=1),),
        ),
    ),
    fails=0.15,
)

FACTS = Book(
    (Play("Look at everything", (Act("Show the release", message=lambda host, job: {
        "release": "4.32.1F", "uptime_s": sum(map(ord, host)) * 977}),)),),
    fails=0.04,
)  # fmt: skip
