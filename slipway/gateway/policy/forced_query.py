"""Parameters that the gateway sets whatever the client sent: a build's limits, the images that a prune keeps. Pure."""

from __future__ import annotations

import json

from slipway.gateway.policy import image_names, query
from slipway.gateway.policy.options import PolicyOptions
from slipway.gateway.policy.refusal import Refusal
from slipway.gateway.policy.routes import Route


def apply_forced_query(route: Route, pairs: query.Pairs, options: PolicyOptions) -> query.Pairs:
    """Return the pairs as they go to the engine. Raises Refusal if a required one is missing."""
    match route.name:
        case "image.pull":
            return _pull_query(dict(pairs), options)
        case "image.prune":
            return _spare_kept_images(dict(pairs))
        case "image.build":
            return (*pairs, *_build_limits(options))
        case "container.rename" if not pairs:
            raise Refusal(400, "docker rename needs a new name.", "query:name")
        case "image.tag" if "repo" not in dict(pairs):
            raise Refusal(400, "docker tag needs a name for the image.", "query:repo")
    return pairs


def _pull_query(pairs: dict[str, str], options: PolicyOptions) -> query.Pairs:
    name, own_tag = image_names.split_reference(pairs.get("fromImage", ""))
    tag = own_tag or pairs.get("tag") or "latest"
    parameters = {"fromImage": image_names.catalogue_name(name, options), "tag": tag}
    return tuple((parameters | {key: pairs[key] for key in pairs.keys() & {"platform"}}).items())


def _spare_kept_images(pairs: dict[str, str]) -> query.Pairs:
    chosen = json.loads(pairs.get("filters", "{}"))
    kept = chosen | {"label!": chosen.get("label!", {}) | {"lab.keep": True}}
    return (("filters", query.to_json(kept)),)


def _build_limits(options: PolicyOptions) -> query.Pairs:
    memory = str(options.limits.build_memory)
    quota = str(options.limits.nano_cpus // 10_000)
    return (("memory", memory), ("memswap", memory), ("cpuperiod", "100000"), ("cpuquota", quota))
