"""The parts of an environment on AWS that a release touches, by the templates' names."""

import sys
from functools import cached_property
from typing import Any

import boto3


class ReleaseError(Exception):
    """Why a release ended early; a sentence for the operator."""


class Cloud:
    def __init__(self, environment: str) -> None:
        self.prefix = f"shelves-{environment}"
        self.tools_group = f"{self.prefix}-tools"
        self.migrate_document = f"{self.prefix}-migrate"

    @cached_property
    def account(self) -> str:
        return str(boto3.client("sts").get_caller_identity()["Account"])

    @property
    def bundles(self) -> str:
        return f"{self.prefix}-bundles-{self.account}"

    @property
    def static(self) -> str:
        return f"{self.prefix}-static-{self.account}"

    # boto3 makes its clients while it runs: they have no types of their own.
    @cached_property
    def s3(self) -> Any:
        return boto3.client("s3")

    @cached_property
    def ssm(self) -> Any:
        return boto3.client("ssm")

    @cached_property
    def autoscaling(self) -> Any:
        return boto3.client("autoscaling")

    @cached_property
    def codedeploy(self) -> Any:
        return boto3.client("codedeploy")


def say(text: str) -> None:
    sys.stdout.write(f"==> {text}\n")
    sys.stdout.flush()
