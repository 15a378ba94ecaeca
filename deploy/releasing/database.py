"""Runs a bundle's migrations on the tools host, which is there only while it does."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError

from releasing.cloud import Cloud, ReleaseError, say

POLL_SECONDS = 5.0
HOST_SECONDS = 900
# A little above the command's own limit (deployment.yaml).
MIGRATE_SECONDS = 14_700
DONE = frozenset({"Success", "Cancelled", "TimedOut", "Failed"})


def migrate(cloud: Cloud, key: str, *, contract: bool) -> None:
    """Raises ReleaseError with the command's own words. Safe to repeat."""
    with tools_host(cloud) as host:
        parameters = {"Bundle": [key], "Contract": ["yes" if contract else "no"]}
        command = _send(cloud, host, parameters)
        say(f"migrating on {host}: command {command}")
        answer = _wait(cloud, host, command)
    said = answer["StandardOutputContent"].strip()
    if said:
        say(said)
    if answer["Status"] != "Success":
        trouble = answer["StandardErrorContent"].strip() or answer["StatusDetails"]
        raise ReleaseError(f"the migration ended as {answer['Status']}:\n{trouble}")


@contextmanager
def tools_host(cloud: Cloud) -> Iterator[str]:
    """Its instance's id, once it is in service; sent home again whatever happens."""
    _set_size(cloud, 1)
    try:
        yield _first_in_service(cloud)
    finally:
        _set_size(cloud, 0)


def _set_size(cloud: Cloud, size: int) -> None:
    cloud.autoscaling.set_desired_capacity(
        AutoScalingGroupName=cloud.tools_group, DesiredCapacity=size, HonorCooldown=False
    )


def _first_in_service(cloud: Cloud) -> str:
    deadline = time.monotonic() + HOST_SECONDS
    while time.monotonic() < deadline:
        (group,) = cloud.autoscaling.describe_auto_scaling_groups(
            AutoScalingGroupNames=[cloud.tools_group]
        )["AutoScalingGroups"]
        for one in group["Instances"]:
            if one["LifecycleState"] == "InService":
                return str(one["InstanceId"])
        time.sleep(POLL_SECONDS)
    raise ReleaseError(f"{cloud.tools_group} has no host within {HOST_SECONDS} s")


def _send(cloud: Cloud, host: str, parameters: dict[str, list[str]]) -> str:
    """A host in service may need a moment more until its agent takes commands."""
    deadline = time.monotonic() + HOST_SECONDS
    while True:
        try:
            answer = cloud.ssm.send_command(
                InstanceIds=[host], DocumentName=cloud.migrate_document, Parameters=parameters
            )
        except ClientError as error:
            is_young = error.response["Error"]["Code"] == "InvalidInstanceId"
            if not is_young or time.monotonic() > deadline:
                raise
            time.sleep(POLL_SECONDS)
        else:
            return str(answer["Command"]["CommandId"])


def _wait(cloud: Cloud, host: str, command: str) -> dict[str, str]:
    deadline = time.monotonic() + MIGRATE_SECONDS
    while time.monotonic() < deadline:
        try:
            answer: dict[str, str] = cloud.ssm.get_command_invocation(
                CommandId=command, InstanceId=host
            )
        except ClientError as error:  # known a moment after it was sent
            if error.response["Error"]["Code"] != "InvocationDoesNotExist":
                raise
        else:
            if answer["Status"] in DONE:
                return answer
        time.sleep(POLL_SECONDS)
    raise ReleaseError(f"command {command} has not ended within {MIGRATE_SECONDS} s")
