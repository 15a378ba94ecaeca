"""What of the image needs no AWS: settings from secrets, and programs that every shell can read."""

import json
import re
import runpy
import subprocess

import pytest

from tests.deploy.hosts import PROJECT

IMAGE = PROJECT / "deploy" / "image"
settings = runpy.run_path(str(IMAGE / "files" / "market-settings"), run_name="market_settings")
SECRETS = {
    "arn:django": {"key": "k#1", "fallbacks": ""},
    "arn:app": {"username": "app_clone", "password": "p/@:%"},
}


def test_secrets_are_filled_in_and_quoted_in_addresses_alone():
    text = (
        'SECRET_KEY="@{arn:django key}"\nSECRET_KEY_FALLBACKS="@{arn:django fallbacks}"\n'
        'DATABASE_URL="mysql://@{arn:app username}:@{arn:app password}@db:3306/shelves"\n'
    )

    assert settings["render"](text, SECRETS.__getitem__) == (
        'SECRET_KEY="k#1"\nSECRET_KEY_FALLBACKS=""\n'
        'DATABASE_URL="mysql://app_clone:p%2F%40%3A%25@db:3306/shelves"\n'
    )


def test_each_secret_is_asked_for_once():
    asked: list[str] = []

    def read(name: str) -> dict[str, str]:
        asked.append(name)
        return SECRETS[name]

    settings["render"]("A=@{arn:app username}\nB=@{arn:app password}\n", read)

    assert asked == ["arn:app"]


@pytest.mark.parametrize(
    ("secret", "error"),
    [({}, KeyError), ({"key": 'a"b'}, ValueError), ({"key": "a\nb"}, ValueError)],
)
def test_what_is_missing_or_would_break_a_line_stops_the_host(secret, error):
    with pytest.raises(error):
        settings["render"]('A="@{one key}"', {"one": secret}.__getitem__)


def test_a_host_writes_its_files_for_root_alone_and_restarts_only_on_a_change(tmp_path):
    etc, tools, calls = tmp_path / "etc", tmp_path / "bin", tmp_path / "calls"
    etc.mkdir()
    tools.mkdir()
    (etc / "environment.in").write_text('A="@{one key}"\n')
    (etc / "agent.in").write_text('DD_API_KEY="@{one key}"\n')
    secret = tmp_path / "secret"
    secret.write_text(json.dumps({"key": "first"}))
    for name, does in (("aws", f"cat {secret}"), ("systemctl", f'echo "$@" >>{calls}')):
        (tools / name).write_text(f"#!/bin/sh\n{does}\n")
        (tools / name).chmod(0o755)

    def run() -> str:
        calls.write_text("")
        command = ["python3", IMAGE / "files" / "market-settings"]
        environment = {"MARKET_ETC": str(etc), "PATH": f"{tools}:/usr/bin:/bin"}
        subprocess.run(command, env=environment, check=True)
        return calls.read_text()

    run()
    assert run() == ""
    secret.write_text(json.dumps({"key": "second"}))
    assert run() == (
        "try-restart market-web.service market-worker@*.service\n"
        "try-restart datadog-agent.service\n"
    )
    assert (etc / "environment").read_text() == 'A="second"\n'
    assert (etc / "environment").stat().st_mode & 0o777 == 0o600


def test_programs_of_the_image_are_read_by_dash_and_bash():
    programs = [IMAGE / "provision"] + [
        path
        for path in sorted((IMAGE / "files").iterdir())
        if path.read_text(encoding="utf-8").startswith("#!/bin/sh")
    ]
    for program in programs:
        for shell in ("dash", "bash"):
            subprocess.run([shell, "-n", program], check=True)
        assert program.stat().st_mode & 0o111

    assert len(programs) == 4


def test_the_queue_age_is_read_from_what_the_status_page_says():
    program = (IMAGE / "files" / "market-queue-age").read_text(encoding="utf-8")
    script = re.search(r"python3\.11 -c '(.*?)'\)", program, re.DOTALL)
    assert script is not None
    status = {"probes": {"queues": {"ok": True, "details": {"default": 3.5, "mail": 12.0}}}}

    printed = subprocess.run(
        ["python3", "-c", script.group(1)],
        input=json.dumps(status),
        capture_output=True,
        text=True,
        check=True,
    )

    assert printed.stdout == "12.0\n"


def test_the_image_installs_and_asks_for_what_it_provides():
    recipe = (IMAGE / "shelves.pkr.hcl").read_text(encoding="utf-8")
    provision = (IMAGE / "provision").read_text(encoding="utf-8")

    for package in (
        "python3.11",
        "mariadb-connector-c",
        "pango",
        "harfbuzz",
        "amazon-cloudwatch-agent",
    ):
        assert package in provision
    assert 'ssh_interface               = "session_manager"' in recipe
    assert "systemctl disable sshd" in provision
    for variable in re.findall(r"\$\{var\.(\w+)\}", recipe):
        assert f'variable "{variable}"' in recipe
