"""Scenes compared with the engine itself after random commands.

The commands are typed by a real client through the gateway of a real sandbox; the world is folded from its journal, the
scenes are drawn by the page's own code, and the engine is asked what there is.
"""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from slipway.core import event_codec
from slipway.core import events as e
from slipway.core.retained_events import RetentionClassifier
from slipway.core.snapshot import encode
from slipway.core.world import World, fold
from slipway.engine.journal_stream import journal_stream
from slipway.engine.sandboxes import Sandbox, Sandboxes
from tests.containers import output
from tests.eventually import eventually

pytestmark = pytest.mark.engine

NAMES = ["clock", "tidy", "one", "two"]
DRAW = Path(__file__).parent / "draw.mjs"
RUNS = [
    "sleep 300",
    "true",
    "sh -c 'exit 3'",
    "sh -c 'echo one; echo two; sleep 300; true'",
    "sh -c 'trap \"exit 0\" TERM; while :; do sleep 1 & wait; done'",
]
DEEDS = [
    "docker run -d --name {name} busybox {run}",
    "docker run -d --init --name {name} busybox {run}",
    "docker run -d --stop-timeout 1 --name {name} busybox {run}",
    "docker run --rm busybox {quick}",
    "docker run -t --rm busybox {quick}",
    "echo hi | docker run -i --name {name} busybox cat",
    "docker create --name {name} busybox {run}",
    "docker start {name}",
    "docker restart -t 0 {name}",
    "docker stop -t 1 {name}",
    "docker stop {name}",
    "docker kill {name}",
    "docker kill -s HUP {name}",
    "docker pause {name}",
    "docker unpause {name}",
    "docker rm {name}",
    "docker rm -f {name}",
    "docker rename {name} {other}",
    "docker exec {name} true",
    "docker exec -d {name} sleep 200",
    "docker system prune -f",
    "docker pull -q hello-world",
    "docker rmi hello-world",
    "docker pull -q redis",
    "docker rmi redis",
    "docker run --name {name} busybox dd if=/dev/zero of=/big bs=1M count=3",
    "docker tag busybox mine:1",
    "docker rmi mine:1",
    "docker system df",
]


def some_commands(seed: int, count: int) -> list[str]:
    chance = random.Random(seed)  # noqa: S311 (the same commands every time)
    return [
        chance.choice(DEEDS).format(
            name=chance.choice(NAMES),
            other=chance.choice(NAMES),
            run=chance.choice(RUNS),
            quick=chance.choice(RUNS[1:3]),
        )
        for _ in range(count)
    ]


class Lab:
    """One sandbox: its docker client and its journal."""

    def __init__(self, sandboxes: Sandboxes, sandbox: Sandbox) -> None:
        self._sandboxes, self._sandbox = sandboxes, sandbox
        self._terminal = sandboxes.start_terminal(sandbox, 1, new_shell=True)

    def ask(self, command: str) -> str:
        return output(self._terminal, ["timeout", "60", "sh", "-c", command]).decode()

    def story(self) -> tuple[e.Event, ...]:
        return journal_stream(self._sandboxes.client, self._sandbox)[0]

    def truth(self) -> dict[str, Any]:
        """Return the containers and images that the engine lists."""
        ids = self.ask("docker ps -aq --no-trunc").split()
        listed = json.loads(self.ask(f"docker inspect {' '.join(ids)}")) if ids else []
        images = self.ask("docker images --format '{{.Repository}}:{{.Tag}}'").split()
        return {"containers": {one["Id"]: _facts(one) for one in listed}, "images": sorted(images)}

    def disk(self) -> dict[str, Any]:
        """Return the engine's disk usage."""
        table: dict[str, Any] = {}

        def walked() -> bool:  # every other second at most
            table.clear()
            table.update(
                json.loads(self.ask("curl -s --unix-socket /run/gateway/docker.sock http://localhost/system/df"))
            )
            return "LayersSize" in table

        eventually(walked, "the engine to walk its disk", lambda: table, pause=0.2)
        return table

    def events(self) -> list[dict[str, Any]]:
        """Return the container events that the engine still has: at most 256."""
        lines = self.ask("docker events --since 1 --until $(date +%s) --filter type=container --format json")
        return [json.loads(line) for line in lines.splitlines()]

    def inspected(self) -> list[dict[str, Any]]:
        """Return all containers as inspected, the newest last."""
        ids = self.ask("docker ps -aq --no-trunc").split()
        listed = json.loads(self.ask(f"docker inspect {' '.join(ids)}")) if ids else []
        return sorted(listed, key=lambda one: str(one["Created"]))

    def children(self, id: str) -> list[str]:
        """Return the children of the first process, without `sleep 1`."""
        rows = [row.split(None, 2) for row in self.ask(f"docker top {id} -o pid,ppid,args").splitlines()[1:]]
        return [args for _, parent, args in rows if parent == rows[0][0] and args != "sleep 1"]


def _facts(one: dict[str, Any]) -> tuple[Any, ...]:
    state = one["State"]
    code = state["ExitCode"] if state["Status"] == "exited" else None
    return one["Name"].lstrip("/"), one["Config"]["Image"], state["Status"], code


def _believed(world: World) -> dict[str, Any]:
    containers = {one.id: (one.name, one.image, one.state, one.exit_code) for one in world.containers.values()}
    return {"containers": containers, "images": sorted(tag for one in world.images.values() for tag in one.tags)}


def settled(lab: Lab) -> tuple[tuple[e.Event, ...], World]:
    """Return the events and the world once they agree with the engine; the journal may be a moment behind."""
    seen: dict[str, Any] = {}

    def agrees() -> tuple[tuple[e.Event, ...], World] | None:
        story, truth = lab.story(), lab.truth()
        world = fold(story)
        alive = {one.name: bool(one.usage) for one in world.containers.values() if one.alive}
        seen.update(believed=_believed(world), truth=truth, use_is_known=alive)
        return (story, world) if seen["believed"] == truth and all(alive.values()) else None

    agreed: tuple[tuple[e.Event, ...], World] = eventually(agrees, "the story to agree", lambda: seen, pause=0.2)
    return agreed


def drawn(story: tuple[e.Event, ...], world: World, last: int) -> dict[str, Any]:
    """Return all scenes as a page draws them from the `last` events and the retained older ones."""
    classifier = RetentionClassifier()
    rows = [(bool(classifier.classify(event)), [at, event_codec.encode(event)]) for at, event in enumerate(story)]
    before = [row for kept, row in rows[:-last] if kept]
    told = json.dumps({"world": encode(world), "before": before, "history": [row for _, row in rows[-last:]]})
    said = subprocess.run(["node", str(DRAW)], input=told, capture_output=True, text=True, check=True).stdout
    pictures: dict[str, Any] = json.loads(said)
    return pictures


@pytest.mark.parametrize("seed", [7, 26, 1])
def test_scenes_agree_with_the_engine(seed: int, sandboxes: Sandboxes, sandbox: Sandbox) -> None:
    lab = Lab(sandboxes, sandbox)
    for command in ["docker pull -q busybox", *some_commands(seed, 30), "until docker system df; do sleep 0.2; done"]:
        lab.ask(command)
    story, world = settled(lab)
    disk, told = lab.disk(), lab.events()
    for last in (400, 40):  # a page with all events, and one with only the newest
        pictures = drawn(story, world, last)
        facts = pictures.pop("facts")
        _agree(pictures, world)
        _agree_on_the_disk(facts["balance"][-1], disk)
        _agree_on_the_runs(facts["runs"], told)
        _agree_on_the_channels(facts["connection"], lab)
        _agree_with_the_engine(pictures, lab)
    _the_log_is_what_was_read(lab)
    lab.ask("docker ps -aq | xargs -r docker rm -f")


def test_layers_agree_with_the_engine(sandboxes: Sandboxes, sandbox: Sandbox) -> None:
    lab = Lab(sandboxes, sandbox)
    lab.ask("docker rmi -f redis busybox; docker pull -q busybox; docker pull -q redis")
    pictures = drawn(*settled(lab), 400)
    count = int(lab.ask("docker image inspect -f '{{len .RootFS.Layers}}' redis"))
    here = int(lab.ask("docker image inspect -f '{{len .RootFS.Layers}}' busybox"))
    came = f"{count} layers: {here} was here already, {count - here} travelled from the hub."
    assert pictures["hub"]["words"][-1].endswith(came)


def _agree(pictures: dict[str, Any], world: World) -> None:
    alive = {one.name for one in world.containers.values() if one.alive}
    idle = {one.name for one in world.containers.values() if not one.alive}
    keys = {name: set(picture["keys"]) for name, picture in pictures.items()}
    words = {name: " ".join(picture["words"]) for name, picture in pictures.items()}
    assert {f"slice:{one.id}" for one in world.containers.values() if one.alive} == {
        key for key in keys["machine"] if key.startswith("slice:") and key != "slice:engine"
    }
    assert {one.id for one in world.containers.values()} == {key for key in keys["disk"] if len(key) == 64}
    assert {f"image:{id}" for id in world.images} == {key for key in keys["disk"] if key.startswith("image:")}
    assert all(f"{name}: process 1 is" in words["machine"] for name in alive)
    assert not any(f"{name}: process 1 is" in words["machine"] for name in idle)
    assert all(name in words["lifecycle"] for name in alive | idle)
    known = {number for one in world.containers.values() if one.usage for number, *_ in one.usage.processes}
    assert all(f"({number} for the machine)" in words["machine"] for number in known)
    assert {f"image:{id}" for id in world.images} == {key for key in keys["hub"] if key.startswith("image:")}
    names = {tag.removesuffix(":latest") for one in world.images.values() for tag in one.tags}
    assert all(name in words["hub"] and name in words["disk"] for name in names)


def _agree_on_the_disk(row: dict[str, Any], disk: dict[str, Any]) -> None:
    assert row["containers"] == sum(one.get("SizeRw") or 0 for one in disk["Containers"] or [])
    assert row["images"] == disk["LayersSize"]
    assert row["build"] == sum(one["Size"] for one in disk["BuildCache"] or [])


def _agree_on_the_runs(runs: list[dict[str, Any]], told: list[dict[str, Any]]) -> None:
    """Compare signals and exits, with their times, with the engine's events."""
    sent = {(one["id"], int(one["Actor"]["Attributes"]["signal"]), _at(one)) for one in told if one["Action"] == "kill"}
    died = {
        (one["id"], int(one["Actor"]["Attributes"]["exitCode"]), _at(one)) for one in told if one["Action"] == "die"
    }
    first = min((_at(one) for one in told), default=0.0)
    shown = {(run["id"], number, round(at, 3)) for run in runs for at, number in run["signals"]}
    assert {one for one in shown if one[2] > first} <= sent
    earliest = min((at for _, _, at in shown), default=0.0)
    assert {one for one in sent if one[2] >= earliest} <= shown | _of_removals(told, sent)
    ends = {(run["id"], run["exit_code"], round(run["ended_at"], 3)) for run in runs if run["ended_at"] is not None}
    assert {one for one in ends if one[2] > first} <= died


def _of_removals(told: list[dict[str, Any]], sent: set[tuple[str, int, float]]) -> set[tuple[str, int, float]]:
    """Return the SIGKILLs of `rm -f`, which are not drawn because the container is removed at once."""
    gone = {one["id"]: _at(one) for one in told if one["Action"] == "destroy"}
    return {one for one in sent if one[1] == 9 and 0 <= gone.get(one[0], 0.0) - one[2] < 2}


def _at(event: dict[str, Any]) -> float:
    return round(float(event["timeNano"]) / 1e9, 3)


def _agree_on_the_channels(connection: dict[str, Any], lab: Lab) -> None:
    found = json.loads(lab.ask(f"docker inspect {connection['id']} 2>/dev/null") or "[]")
    if not found:
        assert connection["state"] == "gone"
        return
    state, config = found[0]["State"], found[0]["Config"]
    assert connection["state"] == state["Status"]
    if not connection["joined"]:
        assert connection["lives"] == state["Running"]
        assert connection["tty"] == config["Tty"]
        assert connection["held"] == config["OpenStdin"]
    assert not connection["live"]  # no client is connected: all commands have ended


def _agree_with_the_engine(pictures: dict[str, Any], lab: Lab) -> None:
    """Compare lanes, image, layers, process tree and host names with inspect, version and top."""
    words = {name: " ".join(picture["words"]) for name, picture in pictures.items()}
    listed = lab.inspected()
    alive = [one for one in listed if one["State"]["Status"] in ("running", "paused")]
    for one in listed:
        lane, line = pictures["lifecycle"]["cards"][one["Id"]]
        status, code = one["State"]["Status"], one["State"]["ExitCode"]
        assert lane == ("running" if status == "paused" else status)
        assert status != "exited" or line.startswith(f"exit {code}")
    if listed:
        newest = listed[-1]
        assert f"{newest['Name'][1:]} has a copy of {newest['Config']['Image']}'s files" in words["image"]
        assert f"Its command: {' '.join([newest['Path'], *newest['Args']])}." in words["image"]
    version = lab.ask("docker version --format '{{.Server.Version}}'").strip()
    assert f"version {version.partition('+')[0]}" in words["layers"]
    count = f"{len(alive)} container{'' if len(alive) == 1 else 's'}" if alive else "your containers"
    assert f"server and your {count}" in words["layers"] or not alive
    for one in alive:
        assert f"its host name is {one['Config']['Hostname']}" in words["machine"]
        for child in lab.children(one["Id"]):
            assert f"In {one['Name'][1:]}, {child} is a child of" in words["tree"]


def _the_log_is_what_was_read(lab: Lab) -> None:
    lab.ask("docker rm -f last; docker run --name last busybox sh -c 'echo a; echo b >&2'; docker start -a last")
    read = lab.ask("docker logs last 2>&1").split()
    assert sorted(read) == ["a", "a", "b", "b"]
    story, world = settled(lab)
    said = " ".join(drawn(story, world, 40)["logs"]["words"])
    assert "run 1, run 2" in said
    assert sorted(said.partition("It said: ")[2].rstrip(".").split(" / ")) == sorted(read)
