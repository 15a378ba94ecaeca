"""What operators read and what tools read say the same as the code."""

import configparser
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.deploy.hosts import PROJECT

DEPLOY = PROJECT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SCRIPTS = [
    path
    for path in sorted(DEPLOY.rglob("*"))
    if path.is_file() and path.read_bytes().startswith(b"#!/bin/sh")
]


def read_unit(path: Path) -> dict[str, str]:
    parser = configparser.RawConfigParser(strict=False, comment_prefixes=("#",))
    parser.optionxform = str
    parser.read_string(path.read_text(encoding="utf-8"))
    assert parser.sections() == ["Unit", "Service"] + (
        ["Install"] if parser.has_section("Install") else []
    )
    return dict(parser["Service"])


def variables(text: str) -> set[str]:
    return set(re.findall(r"`([A-Z][A-Z_]+)`", text))


def test_the_guide_names_every_variable_that_the_settings_read():
    settings = (PROJECT / "market" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', settings))
    guide = (PROJECT / "docs" / "operators" / "README.md").read_text(encoding="utf-8")
    _, _, table = guide.partition("## Environment")
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("|")]

    assert variables(" ".join(rows)) == read


def test_the_example_sets_only_variables_that_are_read():
    text = (DEPLOY / "environment.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^#? ?([A-Z_]+)=", text, re.MULTILINE))
    guide = (PROJECT / "docs" / "operators" / "README.md").read_text(encoding="utf-8")

    assert named <= variables(guide)


def test_links_of_the_guides_lead_somewhere():
    guides = [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"), *DEPLOY.rglob("*.md")]
    for guide in guides:
        for target in re.findall(r"\]\(([^)#:]+)\)", guide.read_text(encoding="utf-8")):
            assert (guide.parent / target).exists(), f"{guide}: {target}"


def test_every_hook_of_the_appspec_can_be_run():
    spec = yaml.safe_load((PROJECT / "appspec.yml").read_text(encoding="utf-8"))

    assert (spec["version"], spec["os"]) == (0.0, "linux")
    assert spec["files"] == [{"source": "/", "destination": "/opt/market/incoming"}]
    assert list(spec["hooks"]) == [
        "BeforeInstall",
        "AfterInstall",
        "ApplicationStart",
        "ValidateService",
    ]
    for name, (step,) in spec["hooks"].items():
        script = PROJECT / step["location"]
        assert script.name == re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
        assert os.access(script, os.X_OK)
        assert 0 < step["timeout"] <= 3600


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_scripts_are_posix_and_may_be_run(script, shell):
    subprocess.run([shell, "-n", script], check=True)
    assert os.access(script, os.X_OK)
    lines = script.read_text(encoding="utf-8").splitlines()
    code = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    for bashism in ("[[", "function ", "<<<", "local ", "source ", "$'"):
        assert bashism not in code, bashism


def test_no_hook_migrates():
    for hook in (DEPLOY / "codedeploy").iterdir():
        if hook.suffix != ".md":
            assert "migrate" not in hook.read_text(encoding="utf-8"), hook.name


def test_stopping_a_unit_waits_longer_than_what_it_waits_for():
    web = read_unit(DEPLOY / "systemd" / "market-web.service")
    gunicorn = runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))
    spec = yaml.safe_load((PROJECT / "appspec.yml").read_text(encoding="utf-8"))
    drain_seconds = 20

    assert int(web["TimeoutStopSec"]) > drain_seconds + gunicorn["graceful_timeout"]
    worker = read_unit(DEPLOY / "systemd" / "market-worker@.service")
    stops = int(web["TimeoutStopSec"]) + int(worker["TimeoutStopSec"])
    once = stops + int(web["TimeoutStartSec"])
    assert spec["hooks"]["ApplicationStart"][0]["timeout"] > 2 * once, "there, and back again"
    ready_seconds = 90
    assert spec["hooks"]["ValidateService"][0]["timeout"] > ready_seconds + once


def test_gunicorn_is_set_for_a_load_balancer():
    gunicorn = runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))

    assert gunicorn["keepalive"] > 60, "the load balancer's idle time-out"
    assert gunicorn["preload_app"] is False
    assert (gunicorn["max_requests"], gunicorn["max_requests_jitter"]) == (2000, 400)
    assert gunicorn["worker_tmp_dir"] == "/dev/shm"  # noqa: S108


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_are_confined(unit):
    service = read_unit(unit)

    assert service["User"] == "market"
    assert service["Restart"] == "always"
    assert service["EnvironmentFile"] == "/etc/market/environment"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    for directive in ("NoNewPrivileges", "PrivateDevices", "PrivateTmp", "RestrictSUIDSGID"):
        assert service[directive] == "yes"
    for key in ("ExecStart", "ExecStop"):
        command = service.get(key, "/opt/market/current/venv/x").split()[0]
        path = command.removeprefix("/opt/market/current/")
        assert path != command
        assert path.startswith("venv/") or (PROJECT / path).exists()


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))


def check_compose(path: Path) -> subprocess.CompletedProcess[str]:
    """By the schema of the Compose specification, as check-jsonschema brings it along."""
    tool = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    return subprocess.run([*tool, str(path)], capture_output=True, text=True, check=False)


def test_compose_is_what_the_specification_describes(tmp_path):
    ours = PROJECT / "docker-compose.yml"
    misspelt = tmp_path / "docker-compose.yml"
    misspelt.write_text(ours.read_text(encoding="utf-8").replace("healthcheck:", "healthchek:"))

    done, refused = check_compose(ours), check_compose(misspelt)

    assert done.returncode == 0, done.stdout
    assert refused.returncode == 1
    assert "healthchek" in refused.stdout


def test_compose_runs_the_application_and_all_that_it_needs(compose):
    services = compose["services"]

    assert set(services) == {
        *("app", "worker", "migrate", "balancer"),
        *("mysql", "redis", "s3", "bucket", "mail", "numbers", "stripe"),
    }
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            condition = how["condition"]
            assert condition in ("service_healthy", "service_completed_successfully")
            assert ("healthcheck" in services[needed]) == (condition == "service_healthy"), name
    used = {mount.split(":")[0] for s in services.values() for mount in s.get("volumes", [])}
    assert {name for name in used if name[0] not in "/."} == set(compose["volumes"])
    assert all((PROJECT / name).exists() for name in used if name.startswith("."))
    for name in ("app", "worker", "migrate"):
        assert services[name]["read_only"]
        assert services[name]["cap_drop"] == ["ALL"]


def test_compose_sets_only_variables_that_are_read(compose):
    guide = (PROJECT / "docs" / "operators" / "README.md").read_text(encoding="utf-8")

    assert set(compose["services"]["app"]["environment"]) <= variables(guide)


def test_compose_addresses_name_its_own_services(compose):
    services = compose["services"]
    environment = services["app"]["environment"]

    assert "@mysql:3306/" in environment["DATABASE_URL"]
    assert environment["REDIS_URL"].startswith("redis://redis:")
    assert "http://s3.localhost:9000" in environment["STORAGE_URL"]
    assert environment["EMAIL_URL"] == "smtp://mail:1025"
    assert environment["STATSD_HOST"] == "numbers"
    assert services["s3"]["networks"]["default"]["aliases"] == ["s3.localhost"]
    assert services["app"]["stop_grace_period"] == "40s"
    assert environment["STRIPE_API_ADDRESS"] == "http://stripe.localhost:12111"
    assert environment["STRIPE_SCRIPT_ADDRESS"] == "http://stripe.localhost:12111/stripe.js"
    assert services["stripe"]["networks"]["default"]["aliases"] == ["stripe.localhost"]
    assert "--listen=0.0.0.0:12111" in services["stripe"]["command"]


def test_only_the_balancer_of_compose_is_reached_from_outside(compose):
    """Else anybody could name an address in X-Forwarded-For: one proxy is trusted."""
    services = compose["services"]
    open_to_all = {
        name
        for name, service in services.items()
        for port in service.get("ports", [])
        if not port.startswith("127.0.0.1:")
    }

    assert open_to_all == {"balancer", "s3"}
    assert services["app"]["environment"]["TRUSTED_PROXIES"] == "1"


def test_the_balancer_of_compose_understands_its_configuration():
    config = PROJECT / "deploy" / "compose" / "haproxy.cfg"

    done = subprocess.run(
        ["/usr/sbin/haproxy", "-c", "-f", str(config)], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert " app:8000 " in config.read_text(encoding="utf-8")


def test_the_image_gets_what_it_copies():
    ignored = (PROJECT / ".dockerignore").read_text(encoding="utf-8").split()
    docker = (PROJECT / "Dockerfile").read_text(encoding="utf-8")

    assert ignored[0] == "*"
    for name in [entry[1:] for entry in ignored if entry.startswith("!")]:
        assert (PROJECT / name).exists(), name
    sources = re.findall(r"^COPY (?!--)(.+) \S+$", docker, re.MULTILINE)
    for source in " ".join(sources).split():
        assert source == "." or f"!{source.split('/')[0]}" in ignored, source
    assert "--require-hashes" in docker
    assert re.search(r"^USER market$", docker, re.MULTILINE)
