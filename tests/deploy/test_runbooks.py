"""One page an alarm, and no page that nothing leads to."""

import json
import re

from tests.deploy.hosts import PROJECT
from tests.deploy.stack_master import load_template

RUNBOOKS = PROJECT / "docs" / "operators" / "runbooks"
ON_PURPOSE = {"deploy", "roll-back", "scale", "restore", "rotate-secrets", "drain-a-zone"}
PAGE = re.compile(r"docs/operators/runbooks/([a-z-]+)\.md")
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in RUNBOOKS.glob("*.md")}


def cloudwatch() -> dict[str, str]:
    """The page of each alarm and event."""
    found = {}
    for name, resource in load_template("alarms.yaml")["Resources"].items():
        properties = resource["Properties"]
        kinds = {"AWS::CloudWatch::Alarm": "AlarmDescription", "AWS::Events::Rule": "Description"}
        if key := kinds.get(resource["Type"]):
            (found[name],) = PAGE.findall(properties[key])
    return found


def datadog() -> set[str]:
    monitors = (PROJECT / "deploy" / "datadog" / "monitors").glob("*.json")
    return {PAGE.findall(json.loads(path.read_text())["message"])[0] for path in monitors}


def test_each_alarm_leads_to_its_page():
    pages = cloudwatch()

    assert len(pages) == 21
    assert len(set(pages.values())) == len(pages), "each has one of its own"
    assert set(pages.values()) <= set(PAGES)


def test_each_page_is_led_to():
    led_to = set(cloudwatch().values()) | datadog() | ON_PURPOSE

    assert led_to | {"README"} == set(PAGES)


def test_the_list_names_every_page():
    named = set(re.findall(r"\]\(([a-z-]+)\.md\)", PAGES["README"]))

    assert named == set(PAGES) - {"README"}


def test_each_page_says_what_people_notice_where_to_look_and_what_to_do():
    for name, text in PAGES.items():
        if name != "README":
            assert text.startswith("# "), name
            for part in ("**What people notice.**", "\n## Look\n", "\n## Do\n"):
                assert part in text, name


def test_links_between_pages_lead_somewhere():
    for name, text in PAGES.items():
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (RUNBOOKS / target).exists(), f"{name}: {target}"


def test_commands_of_ours_that_pages_name_are_there():
    commands = {path.stem for path in (PROJECT / "market").glob("*/management/commands/*.py")}
    for name, text in PAGES.items():
        for command in re.findall(r"manage\.py (\w+)", text):
            assert command in commands, f"{name}: {command}"
        for program in re.findall(r"`(deploy/[\w.]+)", text):
            assert (PROJECT / program).exists(), f"{name}: {program}"
