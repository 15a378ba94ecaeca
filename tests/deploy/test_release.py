"""deploy/release against moto: the order of its steps, and what it does when one fails.

moto keeps deployments and commands but carries none out. `Amazon` plays that: a thread that moves
each new deployment on, step by step, as the test says, and answers for two calls that moto lacks.
"""

import http.server
import json
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from moto.codedeploy import responses
from moto.codedeploy.models import DeploymentGroup, codedeploy_backends
from moto.codedeploy.responses import CodeDeployResponse
from moto.core.responses import ActionResult
from moto.ssm.models import Command
from releasing import database, deployments
from releasing.cloud import Cloud, ReleaseError
from releasing.release import Wish, main, release

from tests.deploy.hosts import PROJECT

REVISION, OLDER = "a" * 40, "b" * 40
REGION = "eu-central-1"


class Amazon:
    def __init__(self) -> None:
        self.account = boto3.client("sts").get_caller_identity()["Account"]
        self.s3 = boto3.client("s3")
        self.backend = codedeploy_backends[self.account][REGION]
        self.broken_group = ""
        """Whose deployments fail on one host."""
        self.commands: list[dict[str, list[str]]] = []
        self.command_status = "Success"
        self.done = threading.Event()

    def bucket(self, name: str) -> str:
        return f"shelves-staging-{name}-{self.account}"

    def prepare(self) -> None:
        for name in ("bundles", "static"):
            self.s3.create_bucket(
                Bucket=self.bucket(name),
                CreateBucketConfiguration={"LocationConstraint": REGION},
            )
        scaling = boto3.client("autoscaling")
        scaling.create_launch_configuration(
            LaunchConfigurationName="tools", ImageId="ami-12c6146b", InstanceType="t3.micro"
        )
        scaling.create_auto_scaling_group(
            AutoScalingGroupName="shelves-staging-tools",
            LaunchConfigurationName="tools",
            MinSize=0,
            MaxSize=1,
            AvailabilityZones=[f"{REGION}a"],
        )
        boto3.client("ssm").create_document(
            Name="shelves-staging-migrate", DocumentType="Command", Content=DOCUMENT
        )
        deploy = boto3.client("codedeploy")
        deploy.create_application(applicationName="shelves-staging", computePlatform="Server")
        for group in deployments.GROUPS:
            deploy.create_deployment_group(
                applicationName="shelves-staging",
                deploymentGroupName=group,
                serviceRoleArn=f"arn:aws:iam::{self.account}:role/any",
            )

    def work(self) -> None:
        while not self.done.is_set():
            for made in list(self.backend.deployments.values()):
                if made.status == "Created":
                    made.status = "InProgress"
                    made.deployment_overview |= {"InProgress": 1, "Pending": 1}
                elif made.status == "InProgress":
                    fails = made.deployment_group_name == self.broken_group
                    made.status = "Failed" if fails else "Succeeded"
                    made.deployment_overview |= {
                        "InProgress": 0,
                        "Pending": 0,
                        "Succeeded": 1 if fails else 2,
                        "Failed": int(fails),
                    }
            time.sleep(0.05)

    def keys(self, bucket: str) -> set[str]:
        found = self.s3.list_objects_v2(Bucket=self.bucket(bucket)).get("Contents", [])
        return {one["Key"] for one in found}

    def deployed(self) -> list[tuple[str, str]]:
        return [
            (one.deployment_group_name, one.revision["s3Location"]["key"])
            for one in self.backend.deployments.values()
        ]

    def last_good(self, group: DeploymentGroup) -> dict[str, str]:
        """What CodeDeploy notes once a deployment is good; moto does not."""
        good = [
            one.deployment_id
            for one in self.backend.deployments.values()
            if one.status == "Succeeded" and one.deployment_group is group
        ]
        return {"deploymentId": good[-1]} if good else {}

    def tools_hosts(self) -> int:
        (group,) = boto3.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
        return int(group["DesiredCapacity"])


DOCUMENT = json.dumps({"schemaVersion": "2.2", "description": "migrate", "mainSteps": []})
TARGET = {
    "deploymentTargetType": "InstanceTarget",
    "instanceTarget": {
        "targetId": "i-7",
        "lifecycleEvents": [
            {"lifecycleEventName": "BeforeInstall", "status": "Succeeded"},
            {
                "lifecycleEventName": "ValidateService",
                "status": "Failed",
                "diagnostics": {"logTail": "error: release a does not serve"},
            },
        ],
    },
}


@pytest.fixture
def amazon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Amazon]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "anything")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setattr(deployments, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(database, "POLL_SECONDS", 0.02)
    with mock_aws():
        amazon = Amazon()
        plain = Command.get_invocation

        def answer(self, instance_id, plugin_name):
            amazon.commands.append(self.parameters)
            found = plain(self, instance_id, plugin_name)
            failed = amazon.command_status != "Success"
            return found | {
                "Status": amazon.command_status,
                "StandardOutputContent": "Applying items.0005… OK",
                "StandardErrorContent": "items.0005: remove field" if failed else "",
            }

        monkeypatch.setattr(Command, "get_invocation", answer)
        plain_info = responses._deployment_group_info
        monkeypatch.setattr(
            responses,
            "_deployment_group_info",
            lambda group: plain_info(group) | {"lastSuccessfulDeployment": amazon.last_good(group)},
        )
        for name, result in (
            ("list_deployment_targets", {"targetIds": ["i-7"]}),
            ("batch_get_deployment_targets", {"deploymentTargets": [TARGET]}),
        ):
            monkeypatch.setattr(
                CodeDeployResponse,
                name,
                lambda self, result=result: ActionResult(result),
                raising=False,
            )
        amazon.prepare()
        worker = threading.Thread(target=amazon.work)
        worker.start()
        yield amazon
        amazon.done.set()
        worker.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where deploy/bundle left a bundle."""
    with zipfile.ZipFile(tmp_path / f"{REVISION}.zip", "w") as bundle:
        paths = {"paths": {"css/tokens.css": "css/tokens.0123.css"}}
        bundle.writestr("var/static/staticfiles.json", json.dumps(paths))
        bundle.writestr("var/static/css/tokens.0123.css", "hashed")
        bundle.writestr("var/static/css/tokens.0123.css.gz", "made again by the CDN")
        bundle.writestr("var/static/css/tokens.css", "plain")
        bundle.writestr("manage.py", "")
    (tmp_path / f"{REVISION}.python.json").write_text("{}")
    return tmp_path


def wish(folder: Path, **more: object) -> Wish:
    first = not {"back", "contract", "first"} & set(more)
    return Wish(environment="staging", revision=REVISION, folder=folder, **{"first": first} | more)


def tried_by(folder: Path, *, status: int) -> Path:
    """A stand-in for script/test-previous that notes its words; the real one: test_previous.py."""
    program = folder / "test-previous"
    program.write_text(f'#!/bin/sh\necho "$@" >"{folder}/tried"\nexit {status}\n')
    program.chmod(0o755)
    return program


@pytest.fixture
def older_runs(amazon, folder):
    """The release before this one, on all hosts."""
    with zipfile.ZipFile(folder / f"{OLDER}.zip", "w") as bundle:
        bundle.writestr("var/static/staticfiles.json", json.dumps({"paths": {}}))
    release(Wish(environment="staging", revision=OLDER, folder=folder, first=True))
    amazon.commands.clear()


@pytest.mark.parametrize(("status", "deployed"), [(0, 4), (1, 2)])
def test_the_release_that_runs_is_tried_on_the_new_schema_before_it_is_made(
    amazon, folder, older_runs, status, deployed
):
    asked = wish(folder, first=False, test_previous=tried_by(folder, status=status))
    if status:
        with pytest.raises(ReleaseError, match=r"would not survive.*nothing was changed"):
            release(asked)
    else:
        release(asked)

    assert (folder / "tried").read_text() == f"{OLDER} {REVISION}\n"
    assert len(amazon.commands) == (0 if status else 1)
    assert len(amazon.deployed()) == deployed
    assert (f"{REVISION}.zip" in amazon.keys("bundles")) == (not status)


def test_who_says_first_must_be_the_first_and_must_say_so(amazon, folder):
    with pytest.raises(ReleaseError, match="say --first"):
        release(wish(folder, first=False))
    assert amazon.commands == []


def test_nobody_says_first_who_is_not(amazon, folder, older_runs):
    with pytest.raises(ReleaseError, match="runs already"):
        release(wish(folder, first=True))
    assert amazon.commands == []


def test_a_release_uploads_migrates_and_deploys_workers_first(amazon, folder, capsys):
    release(wish(folder))

    assert amazon.keys("bundles") == {f"{REVISION}.zip", f"{REVISION}.python.json"}
    assert amazon.keys("static") == {
        *("static/css/tokens.0123.css", "static/css/tokens.css", "static/staticfiles.json"),
    }
    assert amazon.commands == [{"Bundle": [f"{REVISION}.zip"], "Contract": ["no"]}]
    assert amazon.deployed() == [("workers", f"{REVISION}.zip"), ("web", f"{REVISION}.zip")]
    assert amazon.tools_hosts() == 0, "the tools host is sent home"
    said = capsys.readouterr().out
    assert "Applying items.0005" in said
    assert "web: InProgress, hosts: 1 wait, 1 are being deployed" in said
    assert "web: Succeeded, hosts: 2 done" in said


def test_only_names_with_a_hash_are_kept_for_ever(amazon, folder):
    release(wish(folder))

    kept = {
        name: amazon.s3.head_object(Bucket=amazon.bucket("static"), Key=f"static/css/{name}")
        for name in ("tokens.0123.css", "tokens.css")
    }
    assert kept["tokens.0123.css"]["CacheControl"] == "public, max-age=31536000, immutable"
    assert kept["tokens.0123.css"]["ContentType"] == "text/css"
    assert kept["tokens.css"]["CacheControl"] == "public, max-age=300"


def test_a_release_may_be_repeated_and_uploads_nothing_again(amazon, folder, capsys):
    release(wish(folder))
    capsys.readouterr()

    release(wish(folder))

    said = capsys.readouterr().out
    assert "is in the bucket already" in said
    assert "0 static files are new" in said


def test_a_migration_that_is_refused_deploys_nothing(amazon, folder):
    amazon.command_status = "Failed"

    with pytest.raises(ReleaseError, match=r"(?s)ended as Failed.*items\.0005: remove field"):
        release(wish(folder))

    assert amazon.deployed() == []
    assert amazon.tools_hosts() == 0


def test_a_host_that_fails_is_named_with_its_words(amazon, folder):
    amazon.broken_group = "workers"

    with pytest.raises(ReleaseError, match=r"(?s)i-7 in ValidateService.*does not serve"):
        release(wish(folder))

    assert [group for group, _ in amazon.deployed()] == ["workers"], "the web was not touched"


@pytest.mark.parametrize(("status", "deployed"), [(200, 2), (500, 0)])
def test_the_running_release_must_answer_on_the_new_schema(amazon, folder, status, deployed):
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            """The test's output is for the test."""

    with http.server.HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever).start()
        page = f"http://127.0.0.1:{server.server_port}/"
        try:
            if deployed:
                release(wish(folder, pages=[page]))
            else:
                with pytest.raises(ReleaseError, match="answers 500: nothing was deployed"):
                    release(wish(folder, pages=[page]))
        finally:
            server.shutdown()

    assert len(amazon.deployed()) == deployed


def test_a_way_back_runs_no_migration(amazon, folder):
    with pytest.raises(ReleaseError, match="was never released"):
        release(wish(folder, back=True))
    release(wish(folder))
    amazon.commands.clear()

    release(wish(folder, back=True))

    assert amazon.commands == []
    assert len(amazon.deployed()) == 4


def test_what_contracts_waits_for_the_last_host(amazon, folder):
    with pytest.raises(ReleaseError, match="not the last good release"):
        release(wish(folder, contract=True))
    release(wish(folder))
    amazon.commands.clear()

    release(wish(folder, contract=True))

    assert amazon.commands == [{"Bundle": [f"{REVISION}.zip"], "Contract": ["yes"]}]
    assert len(amazon.deployed()) == 2
    with pytest.raises(ReleaseError, match="not the last good release"):
        release(Wish(environment="staging", revision=OLDER, folder=folder, contract=True))


def test_the_command_ends_with_one_and_a_sentence(amazon, capsys):
    """No bundle was made of this commit, and --back makes none."""
    assert main(["staging", "HEAD", "--back"]) == 1

    assert "it was never released" in capsys.readouterr().err


def test_names_are_those_of_the_templates():
    templates = PROJECT / "deploy" / "cloudformation" / "templates"
    text = "".join(path.read_text() for path in sorted(templates.glob("*.yaml")))
    cloud = Cloud("${Environment}")
    cloud.account = "${AWS::AccountId}"

    for name in (
        *(f"BucketName: !Sub {cloud.bundles}", f"BucketName: !Sub {cloud.static}"),
        *(
            f"AutoScalingGroupName: !Sub {cloud.tools_group}",
            f"Name: !Sub {cloud.migrate_document}",
        ),
        f"ApplicationName: !Sub {cloud.prefix}",
        *(f"DeploymentGroupName: {group}" for group in deployments.GROUPS),
        *("          Bundle:\n", "          Contract:\n"),
    ):
        assert name in text, name
