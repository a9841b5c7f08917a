"""What runs Munshi elsewhere names commands, settings, ports, paths and packages that exist, and is locked down."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from api.health import ROOT_ENDPOINTS
from governance.settings import Settings
from ui.cli import app

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
COMPOSE_TEXT = (DEPLOY / "compose.yaml").read_text("utf-8")
KUBERNETES_TEXT = (DEPLOY / "kubernetes" / "munshi.yaml").read_text("utf-8")
COMPOSE = yaml.safe_load(COMPOSE_TEXT)["services"]["munshi"]
KUBERNETES = {each["kind"]: each for each in yaml.safe_load_all(KUBERNETES_TEXT)}
POD = KUBERNETES["Deployment"]["spec"]["template"]["spec"]
CONTAINERS = [*POD["initContainers"], *POD["containers"]]
PATHS = {each.path for each in ROOT_ENDPOINTS if each.access == "public"}
#: Lines of the Dockerfile, those that go on put together.
STEPS = re.sub(r"\\\n\s*", "", DOCKERFILE).splitlines()


def environment() -> set[str]:
    image = {word.split("=")[0] for step in STEPS if step.startswith("ENV ") for word in step.split()[1:]}
    cluster = {each["name"] for container in CONTAINERS for each in container["env"]}
    return {name for name in image | set(COMPOSE["environment"]) | cluster if name.startswith("MUNSHI_")}


def written_commands() -> list[list[str]]:
    """Every call of the command, in files and in the comments that say how to begin."""
    entry = [step for step in STEPS if step.startswith("CMD [")]
    told = [re.findall(r'"([^"]+)"', each) for each in entry if "serve" in each]
    told += [COMPOSE["command"], *(each["args"] for each in CONTAINERS)]
    comments = re.findall(r"^#.*?(?:run --rm munshi|-- munshi) (.*)$", COMPOSE_TEXT + KUBERNETES_TEXT, re.MULTILINE)
    return [*told, *map(shlex.split, comments)]


def test_every_setting_exists_and_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {name.removeprefix("MUNSHI_").lower() for name in environment()} <= set(Settings.model_fields)
    values = dict(word.split("=") for step in STEPS if step.startswith("ENV ") for word in step.split()[1:])
    values |= {name: value for name, value in COMPOSE["environment"].items() if "MASTER" not in name}
    for name, value in values.items():
        if name.startswith("MUNSHI_"):
            monkeypatch.setenv(name, value)
    read = Settings()
    assert (read.host, read.port, str(read.home)) == ("0.0.0.0", 7860, "/var/lib/munshi")


@pytest.mark.parametrize("words", written_commands(), ids=" ".join)
def test_every_command_exists_with_its_options(words: list[str]) -> None:
    command: Any = typer.main.get_command(app)
    rest = list(words)
    while hasattr(command, "commands") and rest:
        command = command.commands[rest.pop(0)]
    known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
    assert {word for word in rest if word.startswith("--")} <= known


def test_enough_commands_are_held_to_that() -> None:
    assert len(written_commands()) >= 7


def test_ports_and_probes_are_those_that_are_served() -> None:
    assert str(Settings.model_fields["port"].default) in DOCKERFILE
    served = next(each for each in CONTAINERS if "serve" in each["args"])
    assert [each["containerPort"] for each in served["ports"]] == [7860]
    probes = {name: served[name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert {each["path"] for each in probes.values()} <= PATHS
    assert probes["readinessProbe"]["path"] == "/readyz"
    assert {each["port"] for each in probes.values()} == {served["ports"][0]["name"]}
    assert KUBERNETES["Service"]["spec"]["ports"][0]["targetPort"] == served["ports"][0]["name"]
    asked = re.findall(r"http://127\.0\.0\.1:(\d+)(/\w+)", DOCKERFILE + COMPOSE_TEXT)
    assert asked
    assert {port for port, _ in asked} == {"7860"}
    assert {path for _, path in asked} <= PATHS


def test_what_is_selected_mounted_and_claimed_is_there() -> None:
    labels = KUBERNETES["Deployment"]["spec"]["template"]["metadata"]["labels"]
    for selector in (KUBERNETES["Service"]["spec"]["selector"],
                     KUBERNETES["Deployment"]["spec"]["selector"]["matchLabels"],
                     KUBERNETES["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"]):  # fmt: skip
        assert selector.items() <= labels.items()
    volumes = {each["name"]: each for each in POD["volumes"]}
    assert {mount["name"] for each in CONTAINERS for mount in each["volumeMounts"]} == set(volumes)
    claim = volumes["books"]["persistentVolumeClaim"]["claimName"]
    assert claim == KUBERNETES["PersistentVolumeClaim"]["metadata"]["name"]
    home = next(word.partition("=")[2] for step in STEPS for word in step.split() if word.startswith("MUNSHI_HOME="))
    assert home in {mount["mountPath"] for each in CONTAINERS for mount in each["volumeMounts"]}
    assert [each.split(":")[1] for each in COMPOSE["volumes"]] == [home]


def test_it_is_nobody_and_writes_nowhere_else() -> None:
    assert POD["securityContext"]["runAsNonRoot"] is True
    assert f"USER {POD['securityContext']['runAsUser']}:" in DOCKERFILE
    assert POD["automountServiceAccountToken"] is False
    for each in CONTAINERS:
        locked = each["securityContext"]
        assert (locked["readOnlyRootFilesystem"], locked["allowPrivilegeEscalation"]) == (True, False)
        assert locked["capabilities"]["drop"] == ["ALL"]
        assert set(each["resources"]) == {"requests", "limits"}
    assert (COMPOSE["read_only"], COMPOSE["cap_drop"]) == (True, ["ALL"])
    assert all(each.startswith("127.0.0.1:") for each in COMPOSE["ports"])


def test_no_key_is_written_down() -> None:
    for container in CONTAINERS:
        key = next(each for each in container["env"] if each["name"] == "MUNSHI_MASTER_KEY")
        assert set(key["valueFrom"]) == {"secretKeyRef"}
    assert COMPOSE["environment"]["MUNSHI_MASTER_KEY"].startswith("${MUNSHI_MASTER_KEY:?")
    assert not re.search(r"\b[0-9a-f]{64}\b", DOCKERFILE + COMPOSE_TEXT + KUBERNETES_TEXT)


def test_what_is_copied_into_the_image_is_there_and_every_package_is_copied() -> None:
    copied = [word for step in STEPS if step.startswith("COPY ") and "--from" not in step
              for word in step.split()[1:-1]]  # fmt: skip
    assert all((ROOT / name).exists() for name in copied)
    packages = re.search(r"packages = \[(.*?)\]", (ROOT / "pyproject.toml").read_text("utf-8"), re.DOTALL)
    assert packages
    assert set(re.findall(r'"(\w+)"', packages[1])) <= set(copied)
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert not set(ignored) & set(copied)
