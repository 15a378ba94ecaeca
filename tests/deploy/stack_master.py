"""StackMaster's part in the tests: which stacks there are, in which order, with which parameters.

StackMaster is a Ruby program. Of its layout we use `region_aliases`, `stacks`, parameter files by
stack name, region and alias, and the resolvers below; an unknown one is an error here.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent.parent.parent / "deploy" / "cloudformation"
CONFIG: dict[str, Any] = yaml.safe_load((FOLDER / "stack_master.yml").read_text())
REGIONS: dict[str, str] = CONFIG["region_aliases"]


class _Loader(yaml.SafeLoader):
    pass


def _intrinsic(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    """`!Sub x` as `{"Fn::Sub": "x"}`, the way CloudFormation reads it."""
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _intrinsic)


def load_template(name: str) -> dict[str, Any]:
    text = (FOLDER / "templates" / name).read_text(encoding="utf-8")
    template: dict[str, Any] = yaml.load(text, _Loader)  # noqa: S506  # a safe loader's child
    return template


TEMPLATES = {
    path.stem: load_template(path.name) for path in sorted((FOLDER / "templates").glob("*.yaml"))
}


ENVIRONMENTS = ("production", "staging")


@dataclass(frozen=True)
class Stack:
    alias: str
    name: str
    template: str

    @property
    def region(self) -> str:
        return REGIONS[self.alias]

    @property
    def body(self) -> dict[str, Any]:
        return TEMPLATES[self.template]

    def parameters(self) -> dict[str, Any]:
        """By the template's names; a value is literal or a resolver's mapping."""
        pattern = self.name.replace("-", "[-_]") + ".y*ml"
        merged: dict[str, Any] = {}
        for folder in (".", self.region, self.alias):
            for path in sorted((FOLDER / "parameters" / folder).glob(pattern)):
                merged |= yaml.safe_load(path.read_text(encoding="utf-8"))
        return {camelized(key): value for key, value in merged.items()}


def camelized(key: str) -> str:
    return re.sub(r"(?:^|_)(.)", lambda match: match.group(1).upper(), key)


def stacks(environment: str) -> Iterator[Stack]:
    """All that an environment needs, in the order in which StackMaster applies them."""
    for alias, named in CONFIG["stacks"].items():
        for key, attributes in named.items():
            name = key.replace("_", "-")
            if alias == environment or name.startswith(f"shelves-{environment}-"):
                yield Stack(alias, name, attributes["template"].removesuffix(".yaml"))


def resolve(value: Any, resolvers: dict[str, Callable[[str], str]]) -> str:
    if isinstance(value, dict):
        ((resolver, argument),) = value.items()
        return resolvers[resolver](argument)
    return str(value)


def resources(*types: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Template, name and whole resource of all that are of one of these types."""
    return [
        (template, name, resource)
        for template, body in TEMPLATES.items()
        for name, resource in body["Resources"].items()
        if resource["Type"] in types
    ]


def properties(template: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = TEMPLATES[template]["Resources"][name]["Properties"]
    return found
