"""Deployments of CodeDeploy: made, watched, and what went wrong on which host."""

import time
from collections.abc import Iterator
from typing import Any

from releasing.cloud import Cloud, ReleaseError, say

POLL_SECONDS = 5.0
# Workers first: the web makes jobs that the older workers may not know yet.
GROUPS = ("workers", "web")
ENDED = frozenset({"Succeeded", "Failed", "Stopped"})
WORDS = {
    "Pending": "wait",
    "InProgress": "are being deployed",
    "Succeeded": "done",
    "Failed": "failed",
    "Skipped": "left out",
}
HOSTS_NAMED = 25


def deploy(cloud: Cloud, group: str, key: str) -> None:
    """Raises ReleaseError with what the hosts said, once the way back has ended too."""
    made = cloud.codedeploy.create_deployment(
        applicationName=cloud.prefix,
        deploymentGroupName=group,
        revision={
            "revisionType": "S3",
            "s3Location": {"bucket": cloud.bundles, "key": key, "bundleType": "zip"},
        },
        description=f"deploy/release {key.removesuffix('.zip')[:12]}",
    )["deploymentId"]
    info = watch(cloud, group, made)
    if info["status"] == "Succeeded":
        return
    back = info.get("rollbackInfo", {}).get("rollbackDeploymentId")
    way_back = "nothing was rolled back"
    if back:
        say(f"{group}: CodeDeploy rolls back")
        way_back = f"the way back {watch(cloud, group, back)['status'].lower()}"
    reason = info.get("errorInformation", {}).get("message", "no reason was given")
    hosts = "".join(f"\n{line}" for line in failures(cloud, made))
    raise ReleaseError(f"{group}: {made} {info['status'].lower()} ({way_back}): {reason}{hosts}")


def watch(cloud: Cloud, group: str, deployment: str) -> dict[str, Any]:
    """Tell each step until it ends; what CodeDeploy says of it then."""
    told = ""
    while True:
        info: dict[str, Any] = cloud.codedeploy.get_deployment(deploymentId=deployment)[
            "deploymentInfo"
        ]
        line = f"{group}: {in_words(info)}"
        if line != told:
            say(line)
            told = line
        if info["status"] in ENDED:
            return info
        time.sleep(POLL_SECONDS)


def in_words(info: dict[str, Any]) -> str:
    counts = info.get("deploymentOverview") or {}
    parts = [f"{counts[key]} {word}" for key, word in WORDS.items() if counts.get(key)]
    return f"{info['status']}, hosts: {', '.join(parts) or 'none yet'}"


def failures(cloud: Cloud, deployment: str) -> Iterator[str]:
    """The first words of each host's script that failed."""
    targets = cloud.codedeploy.list_deployment_targets(
        deploymentId=deployment, targetFilters={"TargetStatus": ["Failed"]}
    )["targetIds"][:HOSTS_NAMED]
    if not targets:
        return
    found = cloud.codedeploy.batch_get_deployment_targets(
        deploymentId=deployment, targetIds=targets
    )["deploymentTargets"]
    for target in found:
        one = target["instanceTarget"]
        for event in one["lifecycleEvents"]:
            if event["status"] == "Failed":
                log = event.get("diagnostics", {}).get("logTail", "").strip()
                yield f"{one['targetId']} in {event['lifecycleEventName']}:\n{log}"


def is_everywhere(cloud: Cloud, key: str) -> bool:
    """Whether this is what each group's last good deployment brought."""
    return all(last_good(cloud, group) == key for group in GROUPS)


def last_good(cloud: Cloud, group: str) -> str:
    """The key of the bundle that its hosts have; empty before the first."""
    info = cloud.codedeploy.get_deployment_group(
        applicationName=cloud.prefix, deploymentGroupName=group
    )["deploymentGroupInfo"]
    last = info.get("lastSuccessfulDeployment", {}).get("deploymentId")
    if not last:
        return ""
    revision = cloud.codedeploy.get_deployment(deploymentId=last)["deploymentInfo"]["revision"]
    return str(revision["s3Location"]["key"])
