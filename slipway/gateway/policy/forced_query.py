"""What the gateway itself writes into a query, whatever the client said: the bounds of a build, what a prune spares.

Pure.
"""

from __future__ import annotations

import json

from slipway.gateway.policy import image_names, query
from slipway.gateway.policy.options import PolicyOptions
from slipway.gateway.policy.refusal import Refusal
from slipway.gateway.policy.routes import Route


def forced(route: Route, pairs: query.Pairs, rules: PolicyOptions) -> query.Pairs:
    """The pairs as they go to the engine. Raises Refusal when one that must be there is not."""
    match route.name:
        case "image.pull":
            return _pull(dict(pairs), rules)
        case "image.prune":
            return _spare(dict(pairs))
        case "image.build":
            return (*pairs, *_build_bounds(rules))
        case "container.rename" if not pairs:
            raise Refusal(400, "docker rename needs a new name.", "query:name")
        case "image.tag" if "repo" not in dict(pairs):
            raise Refusal(400, "docker tag needs a name for the image.", "query:repo")
    return pairs


def _pull(pairs: dict[str, str], rules: PolicyOptions) -> query.Pairs:
    name, own_tag = image_names.split(pairs.get("fromImage", ""))
    tag = own_tag or pairs.get("tag") or "latest"
    asked = {"fromImage": image_names.pullable(name, rules), "tag": tag}
    return tuple((asked | {key: pairs[key] for key in pairs.keys() & {"platform"}}).items())


def _spare(pairs: dict[str, str]) -> query.Pairs:
    chosen = json.loads(pairs.get("filters", "{}"))
    kept = chosen | {"label!": chosen.get("label!", {}) | {"lab.keep": True}}
    return (("filters", query.dump(kept)),)


def _build_bounds(rules: PolicyOptions) -> query.Pairs:
    memory = str(rules.limits.build_memory)
    quota = str(rules.limits.nano_cpus // 10_000)
    return (("memory", memory), ("memswap", memory), ("cpuperiod", "100000"), ("cpuquota", quota))
