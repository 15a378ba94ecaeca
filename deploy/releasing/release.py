"""Brings a commit to an environment's hosts: deploy/release says how to call it."""

import argparse
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from releasing import bundle, database, delivery, deployments
from releasing.cloud import Cloud, ReleaseError, say
from releasing.wheels import BundleError

PAGE_SECONDS = 10
TEST_PREVIOUS = bundle.PROJECT / "script" / "test-previous"


@dataclass(frozen=True)
class Wish:
    environment: str
    revision: str
    folder: Path
    pages: Sequence[str] = ()
    contract: bool = False
    back: bool = False
    first: bool = False
    test_previous: Path = TEST_PREVIOUS

    @property
    def key(self) -> str:
        return f"{self.revision}.zip"


def release(wish: Wish) -> None:
    """Raises ReleaseError or BundleError."""
    cloud = Cloud(wish.environment)
    if wish.contract:
        contract(cloud, wish)
        return
    if wish.back:
        if not delivery.is_there(cloud, wish.key):
            raise ReleaseError(f"{wish.key} is not in {cloud.bundles}: it was never released")
    else:
        check_previous(cloud, wish)
        deliver(cloud, wish)
        database.migrate(cloud, wish.key, contract=False)
        check_pages(wish.pages)
    for group in deployments.GROUPS:
        deployments.deploy(cloud, group, wish.key)
    say(f"{wish.revision} serves in {wish.environment}")


def deliver(cloud: Cloud, wish: Wish) -> None:
    made = wish.folder / wish.key
    if delivery.is_there(cloud, wish.key):
        say(f"{wish.key} is in the bucket already")
        if not made.exists():
            made.parent.mkdir(parents=True, exist_ok=True)
            cloud.s3.download_file(cloud.bundles, wish.key, str(made))
    else:
        if not made.exists():
            say(f"making {wish.key}")
            made = bundle.make(bundle.Order(folder=wish.folder, commit=wish.revision))
        delivery.upload_bundle(cloud, made)
    say(f"{delivery.upload_static(cloud, made)} static files are new")


def contract(cloud: Cloud, wish: Wish) -> None:
    if not deployments.is_everywhere(cloud, wish.key):
        raise ReleaseError(
            f"{wish.revision} is not the last good release of workers and web: "
            "hosts of an older one would miss what is taken away"
        )
    database.migrate(cloud, wish.key, contract=True)
    say("what only older releases used is gone: there is no way back to them")


def check_previous(cloud: Cloud, wish: Wish) -> None:
    """The release that runs must pass its smoke tests on the next one's schema.

    Else neither the minutes until the last host has the next one nor a way back are safe. Nothing
    was changed yet when this raises ReleaseError.
    """
    runs = deployments.last_good(cloud, "web")
    if wish.first and runs not in ("", wish.key):
        raise ReleaseError(f"--first, but {runs} runs already: it must survive the migrations")
    if not wish.first and not runs:
        raise ReleaseError("no release runs that could be tried on the new schema: say --first")
    if runs in ("", wish.key):
        return
    older = runs.removesuffix(".zip")
    say(f"the smoke tests of {older[:12]}, which runs, on the schema of this release")
    # Ours are the tools of a release; it makes an environment of its own.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    call = [str(wish.test_previous), older, wish.revision]
    if subprocess.run(call, env=environment, check=False).returncode:
        raise ReleaseError(f"{older} would not survive these migrations: nothing was changed")


def check_pages(pages: Sequence[str]) -> None:
    """The release that runs, on the schema of the next one. Raises ReleaseError."""
    for page in pages:
        try:
            with urllib.request.urlopen(page, timeout=PAGE_SECONDS) as answer:  # noqa: S310  # the operator's own
                status = str(answer.status)
        except urllib.error.HTTPError as error:
            status = str(error.code)
        except OSError as error:
            status = str(error)
        if status != "200":
            raise ReleaseError(
                f"after the migrations {page} answers {status}: nothing was deployed"
            )
    if pages:
        say(f"{len(pages)} pages of the running release answer on the new schema")


def read_arguments(words: Sequence[str]) -> Wish:
    parser = argparse.ArgumentParser(prog="deploy/release")
    parser.add_argument("environment", choices=["production", "staging"])
    parser.add_argument("commit", nargs="?", default="HEAD")
    parser.add_argument("--check", action="append", default=[], metavar="URL")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--contract", action="store_true")
    only.add_argument("--back", action="store_true")
    only.add_argument("--first", action="store_true")
    parser.add_argument("--folder", type=Path, default=bundle.PROJECT / "var" / "bundles")
    said = parser.parse_args(words)
    found = subprocess.run(
        ["git", "-C", str(bundle.PROJECT), "rev-parse", "--verify", f"{said.commit}^{{commit}}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode:
        parser.error(f"no commit {said.commit}")
    return Wish(
        environment=said.environment,
        revision=found.stdout.strip(),
        folder=said.folder,
        pages=said.check,
        contract=said.contract,
        back=said.back,
        first=said.first,
    )


def main(words: Sequence[str]) -> int:
    try:
        release(read_arguments(words))
    except (ReleaseError, BundleError, ClientError, BotoCoreError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("stopped watching: what was begun goes on in AWS\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
