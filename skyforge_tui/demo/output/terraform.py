"""What Terraform and OpenTofu write: a plan, a question, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

from skyforge_tui.demo.output.steps import Ask, Exit, Job, Say, Step

_BOLD, _GREEN, _RED, _YELLOW, _END = "\x1b[1m", "\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[0m"
_RESOURCES = (
    ("aws_vpc.edge", ('cidr_block = "10.40.0.0/16"', 'tags       = { "site" = "eu1" }')),
    ("aws_subnet.transit[0]", ('cidr_block = "10.40.1.0/24"', 'vpc_id     = "vpc-0a1b2c"')),
    ("aws_vpn_gateway.lyon", ("amazon_side_asn = 64512",)),
    ("aws_route.default", ('destination_cidr_block = "0.0.0.0/0"',)),
)


def terraform(job: Job) -> Iterator[Step]:
    """Plan, ask unless told not to, and apply."""
    name = "OpenTofu" if job.app == "tofu" else "Terraform"
    yield from _beginning(name)
    gone = job.destroys
    chosen = _RESOURCES[: job.dice.randint(1, len(_RESOURCES))] if not gone else _RESOURCES
    if not gone and job.dice.random() < 0.2:
        yield Say(f"{_BOLD}{_GREEN}No changes.{_END} Your infrastructure matches.", 0.6)
        yield Exit(0)
        return
    yield from _plan(name, chosen, gone=gone)
    if job.is_check:
        yield Exit(0)
        return
    if not job.approves:
        yield Ask()
    yield from _apply(chosen, gone=gone, fails=not gone and job.dice.random() < 0.15)


def _beginning(name: str) -> Iterator[Step]:
    yield Say(f"{_BOLD}Initializing the backend...{_END}", 0.5)
    yield Say("")
    yield Say(f"{_BOLD}Initializing provider plugins...{_END}", 0.3)
    yield Say("- Reusing previous version of hashicorp/aws from the dependency lock file", 0.4)
    yield Say("- Using previously-installed hashicorp/aws v5.80.0")
    yield Say("")
    yield Say(f"{_BOLD}{_GREEN}{name} has been successfully initialized!{_END}")
    yield Say("data.aws_region.here: Reading...", 0.5)
    yield Say("data.aws_region.here: Read complete after 0s [id=eu-west-3]", 0.2)


def _plan(
    name: str, resources: tuple[tuple[str, tuple[str, ...]], ...], *, gone: bool
) -> Iterator[Step]:
    sign, colour, verb = ("-", _RED, "destroyed") if gone else ("+", _GREEN, "created")
    yield Say("", 0.8)
    yield Say(f"{name} will perform the following actions:")
    for address, lines in resources:
        kind, _, label = address.partition(".")
        yield Say("")
        yield Say(f"{_BOLD}  # {address}{_END} will be {verb}", 0.05)
        yield Say(f'  {colour}{sign}{_END} resource "{kind}" "{label}" {{')
        for line in lines:
            yield Say(f"      {colour}{sign}{_END} {line}")
        if not gone:
            yield Say(f"      {colour}{sign}{_END} id = (known after apply)")
        yield Say("    }")
    added, removed = (0, len(resources)) if gone else (len(resources), 0)
    yield Say("")
    yield Say(f"{_BOLD}Plan:{_END} {added} to add, 0 to change, {removed} to destroy.")


def _apply(
    resources: tuple[tuple[str, tuple[str, ...]], ...], *, gone: bool, fails: bool
) -> Iterator[Step]:
    verb, done = ("Destroying", "Destruction") if gone else ("Creating", "Creation")
    for number, (address, _) in enumerate(resources):
        yield Say(f"{_BOLD}{address}: {verb}...{_END}", 0.3)
        yield Say(f"{_BOLD}{address}: Still {verb.lower()}... [10s elapsed]{_END}", 2.0)
        if fails and number == len(resources) - 1:
            yield Say(f"{_RED}╷{_END}")
            yield Say(f"{_RED}│{_END} {_BOLD}{_RED}Error:{_END} creating {address}: LimitExceeded")
            yield Say(f"{_RED}│{_END}   with {address},")
            yield Say(f"{_RED}│{_END}   on main.tf line 12, in resource:")
            yield Say(f"{_RED}╵{_END}")
            yield Exit(1)
            return
        yield Say(f"{_BOLD}{address}: {done} complete after 11s{_END}", 1.0)
    count = len(resources)
    told = f"{0 if gone else count} added, 0 changed, {count if gone else 0} destroyed"
    yield Say("")
    yield Say(f"{_BOLD}{_GREEN}Apply complete! Resources: {told}.{_END}")
    yield Exit(0)
