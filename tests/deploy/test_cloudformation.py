"""The templates: linted, created on a stand-in of AWS, and what the stand-in skips asserted here.

moto says CREATE_COMPLETE whether it made a resource or not. `SKIPPED` is what it does not make; a
test compares it with what is really there, so that neither list nor templates drift.
"""

import ipaddress
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.deploy import stack_master
from tests.deploy.stack_master import (
    ENVIRONMENTS,
    FOLDER,
    REGIONS,
    TEMPLATES,
    Stack,
    resolve,
    stacks,
)

SKIPPED = {
    "AWS::AutoScaling::ScalingPolicy",
    "AWS::Backup::BackupPlan",
    "AWS::Backup::BackupSelection",
    "AWS::Backup::BackupVault",
    "AWS::Budgets::Budget",
    "AWS::CertificateManager::Certificate",
    "AWS::CloudFront::Distribution",
    "AWS::CloudFront::OriginAccessControl",
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::CloudWatch::Alarm",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentConfig",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::ElastiCache::ParameterGroup",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::SubnetGroup",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBClusterParameterGroup",
    # moto makes instances, but fails on those of a cluster that it has not made.
    "AWS::RDS::DBInstance",
    "AWS::S3::BucketPolicy",
    "AWS::SecretsManager::RotationSchedule",
    "AWS::SecretsManager::Secret",
    "AWS::SecretsManager::SecretTargetAttachment",
    "AWS::SNS::TopicPolicy",
    "AWS::WAFv2::WebACL",
}
# Made by moto, but it cannot tell their attributes.
WITHOUT_ATTRIBUTES = {"AWS::ElasticLoadBalancingV2::TargetGroup"}
STORED = {
    "cloudfront-prefix-list": "pl-0a1b2c3d",
    "alarm-email": "operators@shelves.example",
    "pipeline-principal": "arn:aws:iam::333333333333:role/pipeline",
    "datadog-external-id": "made-by-datadog",
}
SECRET = re.compile(r"\{\{resolve:secretsmanager:\$\{(?P<arn>\w+)\}:SecretString:(?P<key>\w+)\}\}")


# -- linted ------------------------------------------------------------------------------------


def test_cfn_lint_finds_nothing():
    files = sorted((FOLDER / "templates").glob("*.yaml"))
    command = [str(Path(sys.executable).parent / "cfn-lint"), "--include-checks", "I"]

    linted = subprocess.run(
        [*command, "--regions", *sorted(set(REGIONS.values())), "--", *files],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (linted.stdout, linted.stderr, linted.returncode) == ("", "", 0)


# -- created -----------------------------------------------------------------------------------


class Cloud:
    """moto, and in it what an operator has before the first stack."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.outputs: dict[tuple[str, str], dict[str, str]] = {}

    def client(self, service: str, region: str) -> Any:
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.address,
            aws_access_key_id="anybody",
            aws_secret_access_key="anything",
        )

    def prepare(self, environment: str) -> None:
        zone = self.client("route53", REGIONS[environment]).create_hosted_zone(
            Name=f"{environment}.shelves.example", CallerReference=environment
        )
        stored = STORED | {"hosted-zone-id": zone["HostedZone"]["Id"].removeprefix("/hostedzone/")}
        for region in {stack.region for stack in stacks(environment)}:
            for name, value in stored.items():
                self.client("ssm", region).put_parameter(
                    Name=f"/shelves/{environment}/{name}", Value=value, Type="String"
                )
        ec2 = self.client("ec2", REGIONS[environment])
        image = ec2.register_image(Name="shelves")["ImageId"]
        ec2.create_tags(Resources=[image], Tags=[{"Key": "image", "Value": "shelves"}])

    def parameters(self, stack: Stack) -> dict[str, str]:
        def output(path: str) -> str:
            alias, _, rest = path.rpartition(":")
            name, key = rest.split("/")
            return self.outputs[REGIONS[alias or stack.alias], name][key]

        def stored(name: str) -> str:
            found = self.client("ssm", stack.region).get_parameter(Name=name)
            return str(found["Parameter"]["Value"])

        def image(tags: str) -> str:
            key, value = tags.split("=")
            images = self.client("ec2", stack.region).describe_images(
                Filters=[{"Name": f"tag:{key}", "Values": [value]}]
            )["Images"]
            return str(images[0]["ImageId"])

        resolvers = {
            "stack_output": output,
            "parameter_store": stored,
            "latest_ami_by_tags": image,
        }
        return {key: resolve(value, resolvers) for key, value in stack.parameters().items()}

    def create(self, stack: Stack) -> set[str]:
        """Names of the resources that are there afterwards."""
        given = self.parameters(stack)
        formation = self.client("cloudformation", stack.region)
        formation.create_stack(
            StackName=stack.name,
            TemplateBody=json.dumps(self.understood(stack, given)),
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()],
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        described = formation.describe_stacks(StackName=stack.name)["Stacks"][0]
        assert described["StackStatus"] == "CREATE_COMPLETE"
        self.outputs[stack.region, stack.name] = {
            output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])
        }
        listed = formation.describe_stack_resources(StackName=stack.name)["StackResources"]
        # moto lists what it skips too, without a name.
        return {one["LogicalResourceId"] for one in listed if "LogicalResourceId" in one}

    def understood(self, stack: Stack, given: dict[str, str]) -> dict[str, Any]:
        """The template without what moto cannot read.

        That is Fn::Cidr, secrets by reference inside of Fn::Sub, and references to what it skips.
        """
        body: dict[str, Any] = json.loads(json.dumps(stack.body))
        body.pop("Transform", None)
        body["Outputs"] = self.readable(body["Outputs"], stack, given)
        body["Resources"] = {
            name: self.readable(resource, stack, given) | {"DependsOn": []}
            for name, resource in body["Resources"].items()
            if resource["Type"] != "AWS::RDS::DBInstance"
        }
        return body

    def readable(self, value: Any, stack: Stack, given: dict[str, str]) -> Any:
        types = {name: resource["Type"] for name, resource in stack.body["Resources"].items()}
        found = value
        match value:
            case {"Ref": str(name)} if types.get(name) in SKIPPED:
                found = self.stand_in(stack, name, types[name])
            case {"Fn::GetAtt": [name, _]} if types[name] in SKIPPED | WITHOUT_ATTRIBUTES:
                found = f"arn:aws:skipped:{stack.region}:123456789012:{name}/of/{stack.name}"
            case {"Fn::Sub": str(text)} if reference := SECRET.fullmatch(text):
                found = self.secret(given[reference["arn"]], stack.region)[reference["key"]]
            case {"Fn::Cidr": [{"Ref": parameter}, count, bits]}:
                network = ipaddress.ip_network(given[parameter])
                found = [str(part) for part in network.subnets(new_prefix=32 - bits)][:count]
            case dict():
                found = {key: self.readable(part, stack, given) for key, part in value.items()}
            case list():
                found = [self.readable(part, stack, given) for part in value]
        return found

    def secret(self, arn: str, region: str) -> dict[str, str]:
        read = self.client("secretsmanager", region).get_secret_value(SecretId=arn)
        found: dict[str, str] = json.loads(read["SecretString"])
        return found

    def stand_in(self, stack: Stack, name: str, kind: str) -> str:
        """What moto makes by its API although not from a template is made so."""
        if kind == "AWS::SecretsManager::Secret":
            secret = {"key": "k" * 48, "token": "t" * 64, "username": "app", "password": "p"}
            made = self.client("secretsmanager", stack.region).create_secret(
                Name=f"{stack.name}/{name}/{len(self.outputs)}{time.monotonic_ns()}",
                SecretString=json.dumps(secret),
            )
            return str(made["ARN"])
        if kind == "AWS::CertificateManager::Certificate":
            made = self.client("acm", stack.region).request_certificate(DomainName="D.example")
            return str(made["CertificateArn"])
        return f"skipped-{name}"


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [str(Path(sys.executable).parent / "moto_server"), "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/moto-api/", timeout=5).close()
                break
            except OSError:
                assert server.poll() is None
                time.sleep(0.25)
        yield Cloud(address)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


@pytest.mark.parametrize(
    "environment", ["production", pytest.param("staging", marks=pytest.mark.long)]
)
def test_every_stack_is_created_with_all_that_is_not_skipped(cloud, environment):
    cloud.prepare(environment)
    different: dict[str, set[str]] = {}

    for stack in stacks(environment):
        made = cloud.create(stack)
        expected = {
            name
            for name, resource in stack.body["Resources"].items()
            if resource["Type"] not in SKIPPED
            and (resource.get("Condition") != "NatPerZone" or environment == "production")
        }
        if made != expected:
            different[stack.name] = made ^ expected
        assert set(cloud.outputs[stack.region, stack.name]) == set(stack.body["Outputs"])

    assert different == {}
    assert {stack.template for stack in stacks(environment)} == set(TEMPLATES)
    ec2 = cloud.client("ec2", REGIONS[environment])
    vpc = cloud.outputs[REGIONS[environment], "shelves-network"]["VpcId"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    assert len({subnet["AvailabilityZone"] for subnet in subnets}) == 3
    assert len({subnet["CidrBlock"] for subnet in subnets}) == 9


def test_the_list_of_what_is_skipped_names_only_what_we_use():
    used = {
        resource["Type"] for body in TEMPLATES.values() for resource in body["Resources"].values()
    }

    assert used >= SKIPPED


# -- composed ----------------------------------------------------------------------------------


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_parameter_has_a_value_and_every_output_that_is_asked_for_exists_by_then(environment):
    before: set[tuple[str, str, str]] = set()
    for stack in stacks(environment):
        given = stack.parameters()
        declared = stack.body["Parameters"]
        assert set(given) <= set(declared), stack.name
        assert {name for name, one in declared.items() if "Default" not in one} <= set(given)
        for value in given.values():
            if isinstance(value, dict) and "stack_output" in value:
                alias, _, rest = value["stack_output"].rpartition(":")
                assert (alias or stack.alias, *rest.split("/")) in before, (stack.name, value)
        before |= {(stack.alias, stack.name, output) for output in stack.body["Outputs"]}


def test_each_alias_has_a_region_of_its_own():
    # StackMaster keeps one list of stacks a region: a second alias would replace the first.
    assert len(set(REGIONS.values())) == len(REGIONS)


def test_an_output_is_exported_under_its_stack_and_own_name():
    for template, body in TEMPLATES.items():
        for name, output in body["Outputs"].items():
            assert output["Export"] == {"Name": {"Fn::Sub": f"${{AWS::StackName}}-{name}"}}, (
                template
            )


def test_no_file_holds_a_secret():
    for path in FOLDER.rglob("*.y*ml"):
        for line in path.read_text(encoding="utf-8").splitlines():
            key, _, value = line.strip().partition(":")
            if any(word in key.lower() for word in ("password", "token", "authtoken", "secretkey")):
                assert not value.strip() or value.strip().split()[0] in (
                    "true", "!Sub", "40", "48", "64", "password", "required",
                ), f"{path.name}: {line}"  # fmt: skip


def test_stack_master_names_every_template_and_there_is_no_file_that_nobody_reads():
    named = {
        one["template"]
        for region in stack_master.CONFIG["stacks"].values()
        for one in region.values()
    }
    assert named == {f"{name}.yaml" for name in TEMPLATES}
    names = {stack.name for environment in ENVIRONMENTS for stack in stacks(environment)}
    for path in (FOLDER / "parameters").rglob("*.yml"):
        assert path.stem.replace("_", "-") in names, path
