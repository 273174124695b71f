"""Query strings: what passes, and in which canonical form; ambiguous ones are refused."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from slipway.gateway.policy.decision import Refused
from slipway.gateway.policy.options import PolicyOptions
from tests.gateway.decisions import forwarded_target, refusal_reason, request

C = "/containers/box"
LIST = "/containers/json"


def j(text: str) -> str:
    return quote(text, safe="")


WRITTEN = [
    ("GET", f"{LIST}?all=true&size=1&limit=99999", f"{LIST}?all=1&limit=1000"),
    ("GET", f"{LIST}?all=", f"{LIST}?all=0"),
    ("GET", f"{LIST}?filters=" + j('{"status":["exited"]}'), f"{LIST}?filters=" + j('{"status":{"exited":true}}')),
    ("GET", f"{LIST}?filters=" + j('{"label":{"b":true}}'), f"{LIST}?filters=" + j('{"label":{"b":true}}')),
    ("GET", f"{LIST}?filters=" + j("{}"), LIST),
    ("POST", f"{C}/stop?t=999999&signal=INT", f"{C}/stop?t=60&signal=INT"),
    ("POST", f"{C}/stop?t=-9", f"{C}/stop?t=-1"),
    ("POST", f"{C}/kill?signal=", f"{C}/kill"),
    ("POST", f"{C}/kill?signal=sigrtmin%2B3", f"{C}/kill?signal=sigrtmin%2B3"),
    ("POST", f"{C}/resize?h=0&w=5000", f"{C}/resize?h=1&w=1000"),
    ("POST", f"{C}/wait?condition=", f"{C}/wait"),
    ("POST", f"{C}/rename?name=box2", f"{C}/rename?name=box2"),
    ("GET", f"{C}/logs?stdout=1&follow=1&details=1&tail=all&since=1767225600.5", None),
    ("GET", f"{C}/logs?stdout=1&tail=-1", f"{C}/logs?stdout=1&tail=all"),
    ("GET", f"{C}/logs?stdout=1&tail=-99", f"{C}/logs?stdout=1&tail=all"),
    ("GET", f"{C}/logs?stdout=1&tail=007", f"{C}/logs?stdout=1&tail=7"),
    ("GET", f"{C}/logs?stdout=1&tail=nonsense", f"{C}/logs?stdout=1&tail=all"),
    ("GET", f"{C}/logs?stdout=1&tail={'9' * 30}", f"{C}/logs?stdout=1&tail=all"),
    ("GET", f"{C}/logs?stdout=1&tail=0", f"{C}/logs?stdout=1&tail=0"),
    ("GET", f"{C}/logs?stdout=1&tail=all", f"{C}/logs?stdout=1&tail=all"),
    ("GET", f"{C}/logs?stdout=1&tail=", f"{C}/logs?stdout=1&tail=all"),
    ("GET", "/v1.45/system/df?type=container&type=volume", "/v1.45/system/df?type=container&type=volume"),
    ("GET", "/v1.45/system/df?type=image&type=", "/v1.45/system/df?type=image"),
    ("GET", f"{C}/top?ps_args=aux", f"{C}/top?ps_args=aux"),
    ("DELETE", f"{C}?v=1&force=1&link=0", f"{C}?v=1&force=1"),
    ("POST", "/containers/create?name=&platform=", "/containers/create"),
    ("POST", "/containers/create?platform=linux/amd64", "/containers/create?platform=linux%2Famd64"),
    ("POST", "/images/create?fromImage=docker.io/library/redis:7&tag=6", "/images/create?fromImage=redis&tag=7"),
    ("POST", "/images/create?fromImage=busybox&platform=linux", None),
    ("POST", "/images/create?fromImage=busybox", "/images/create?fromImage=busybox&tag=latest"),
    (
        "POST",
        f"/images/create?fromImage=busybox&tag=sha256:{'a' * 64}",
        f"/images/create?fromImage=busybox&tag=sha256%3A{'a' * 64}",
    ),
    ("POST", "/images/busybox/tag?repo=mine&tag=V1", "/images/busybox/tag?repo=mine&tag=V1"),
    ("POST", "/images/prune", "/images/prune?filters=" + j('{"label!":{"lab.keep":true}}')),
    (
        "POST",
        "/images/prune?filters=" + j('{"dangling":["false"],"label!":["x"]}'),
        "/images/prune?filters=" + j('{"dangling":{"false":true},"label!":{"x":true,"lab.keep":true}}'),
    ),
    (
        "POST",
        "/build?t=a&t=b:c&memory=99999999999&cpuquota=-1&remote=&networkmode=none&dockerfile=dir/Dockerfile&pull=1",
        "/build?t=a&t=b%3Ac&networkmode=none&dockerfile=dir%2FDockerfile"
        "&memory=134217728&memswap=134217728&cpuperiod=100000&cpuquota=50000",
    ),
    (
        "POST",
        "/build?labels=" + j('{"a":"b"}') + "&buildargs=" + j('{"A":null}') + "&t=&cachefrom=[]&ulimits=null",
        None,
    ),
    ("POST", "/build?labels=&buildargs={}", None),
    ("POST", "/build?version=", None),
    (
        "POST",
        "/build?platform=linux/amd64&squash=0&shmsize=0&extrahosts=&cpushares=1",
        "/build?memory=134217728&memswap=134217728&cpuperiod=100000&cpuquota=50000",
    ),
    ("POST", "/build?version=1&t=a", None),
    ("GET", "/networks/mine?scope=local", "/networks/mine?scope=local"),
]


@pytest.mark.parametrize(
    ("method", "given", "canonical"),
    WRITTEN,
)
def test_query_is_written_in_canonical_form(method: str, given: str, canonical: str | None) -> None:
    body = {"Image": "busybox"} if "/containers/create" in given else None
    target = forwarded_target(request(method, given, body))
    assert target == (canonical or target)


def test_details_of_logs_are_dropped() -> None:
    assert forwarded_target(request("GET", f"{C}/logs?stdout=1&details=1")) == f"{C}/logs?stdout=1"


DANGEROUS = [
    ("GET", f"{LIST}?all=1;size=1", "query:syntax"),
    ("GET", f"{LIST}?all=%zz", "query:syntax"),
    ("GET", f"{LIST}?all=%ff", "query:syntax"),
    ("GET", f"{LIST}?{'a&' * 101}", "query:syntax"),
    ("GET", f"{LIST}?all=1&all=1", "query:duplicate"),
    ("POST", f"{C}/stop?t=1&t=1", "query:duplicate"),
    ("GET", f"{LIST}?all=maybe", "query:all"),
    ("GET", f"{LIST}?limit=ten", "query:limit"),
    ("GET", f"{LIST}?limit={'9' * 30}", "query:limit"),
    ("GET", f"{LIST}?limit=%D9%A3", "query:limit"),
    ("GET", f"{LIST}?ALL=1", "query:ALL"),
    ("GET", f"{LIST}?filters=3", "query:filters"),
    ("GET", f"{LIST}?filters=" + j('{"a":3}'), "query:filters"),
    ("GET", f"{LIST}?filters=" + j('{"a":{"b":1}}'), "query:filters"),
    ("GET", f"{LIST}?filters=" + j('{"a":["b"],"A":["c"]}'), "json:duplicate"),
    ("GET", f"{LIST}?filters=nonsense", "json:syntax"),
    ("POST", f"{C}/wait?condition=forever", "query:condition"),
    ("POST", f"{C}/kill?signal=NONSENSE", "query:signal"),
    ("POST", f"{C}/kill?signal=%D9%A3", "query:signal"),
    ("POST", f"{C}/rename", "query:name"),
    ("POST", f"{C}/rename?name=a", "query:name"),
    ("POST", f"{C}/rename?name=/box2", "query:name"),
    ("POST", f"{C}/rename?name={'a' * 65}", "query:name"),
    ("POST", "/containers/create?name=../x", "query:name"),
    ("POST", f"{C}/rename?name=a%0Ab", "query:name"),
    ("POST", f"{C}/start?checkpoint=x", "query:checkpoint"),
    ("DELETE", f"{C}?link=1", "query:link"),
    ("GET", f"{C}/logs?since=yesterday%20night", "query:since"),
    ("GET", f"{C}/top?ps_args=-aux", "query:ps_args"),
    ("GET", f"{C}/archive?path=", "query:path"),
    ("GET", f"{C}/archive?path=/a%00b", "query:path"),
    ("POST", "/containers/create?platform=linux/arm64", "query:platform"),
    ("POST", "/containers/create?name=a/b", "query:name"),
    ("POST", "/images/create", "image:name"),
    ("POST", "/images/create?fromImage=a&fromSrc=http://x", "query:fromSrc"),
    ("POST", "/images/create?fromImage=busybox&repo=x", "query:repo"),
    ("POST", "/images/create?fromImage=busybox&changes=ENV", "query:changes"),
    ("POST", "/images/create?fromImage=busybox&message=x", "query:message"),
    ("POST", "/images/create?fromImage=busybox&tag=a/b", "query:tag"),
    ("POST", "/images/create?fromImage=Busybox", "image:name"),
    ("POST", "/images/create?fromImage=localhost/busybox", "image:registry"),
    ("POST", "/images/create?fromImage=registry:5000/busybox", "image:registry"),
    ("POST", "/images/create?fromImage=ubuntu", "image:catalogue"),
    ("POST", "/images/busybox/tag", "query:repo"),
    ("POST", "/images/busybox/tag?repo=docker.io/library/nginx", "image:shadow"),
    ("DELETE", "/images/busybox?platforms=[1]", "query:platforms"),
    ("POST", "/build?t=nginx", "image:shadow"),
    ("POST", "/build?remote=git://x", "query:remote"),
    ("POST", "/build?networkmode=host", "query:networkmode"),
    ("POST", "/build?networkmode=container:x", "query:networkmode"),
    ("POST", "/build?dockerfile=/etc/passwd", "query:dockerfile"),
    ("POST", "/build?dockerfile=a/../../b", "query:dockerfile"),
    ("POST", "/build?dockerfile=a%0Ab", "query:dockerfile"),
    ("POST", "/build?version=2", "query:version"),
    ("POST", "/build?extrahosts=x:1", "query:extrahosts"),
    ("POST", "/build?cgroupparent=/", "query:cgroupparent"),
    ("POST", "/build?securityopt=x", "query:securityopt"),
    ("POST", "/build?ulimits=" + j("[{}]"), "query:ulimits"),
    ("POST", "/build?shmsize=1", "query:shmsize"),
    ("POST", "/build?cachefrom=" + j('["x"]'), "query:cachefrom"),
    ("POST", "/build?squash=1", "query:squash"),
    ("POST", "/build?squash=[]", "query:squash"),
    ("POST", "/build?remote=0", "query:remote"),
    ("POST", "/build?remote=null", "query:remote"),
    ("POST", "/build?shmsize=false", "query:shmsize"),
    ("POST", "/build?ulimits=0", "query:ulimits"),
    ("POST", "/build?platform=linux/arm64", "query:platform"),
    ("GET", f"{LIST}?all=[]", "query:all"),
    ("GET", f"{LIST}?filters=[]", "query:filters"),
    ("POST", "/build?isolation=hyperv", "query:isolation"),
    ("POST", "/build?outputs=x", "query:outputs"),
    ("POST", "/build?session=x", "query:session"),
    ("POST", "/build?buildid=x", "query:buildid"),
    ("POST", "/build?labels=" + j('{"lab.keep":"1"}'), "query:labels"),
    ("POST", "/build?labels=" + j('{"a":1}'), "query:labels"),
    ("POST", "/build?buildargs=" + j("[1]"), "query:buildargs"),
    ("POST", "/build?buildargs=" + j(json.dumps({f"a{n}": "" for n in range(51)})), "query:buildargs"),
    ("POST", "/build?buildargs=" + j('{"A":1}'), "query:buildargs"),
    ("GET", "/system/df?type=disk", "query:type"),
    ("GET", "/system/df?type=image&type=disk", "query:type"),
    ("GET", f"{C}/logs?tail=a%20b", "query:tail"),
    ("GET", f"{C}/logs?tail=%D9%A3", "query:tail"),
    ("GET", f"{C}/logs?tail=1&tail=2", "query:duplicate"),
    ("GET", "/images/busybox/json?manifests=x", "query:manifests"),
    ("GET", "/events?since=a%20b", "query:since"),
    ("GET", "/plugins?enabled=1", "query:enabled"),
]


@pytest.mark.parametrize(
    ("method", "target", "reason"),
    DANGEROUS,
)
def test_dangerous_query_is_refused_by_its_parameter(method: str, target: str, reason: str) -> None:
    body = {"Image": "busybox"} if "/containers/create" in target else None
    assert refusal_reason(request(method, target, body)) == reason


def test_online_lab_pulls_any_image_of_docker_hub() -> None:
    online = PolicyOptions(online=True)
    assert "fromImage=ubuntu" in forwarded_target(request("POST", "/images/create?fromImage=ubuntu", options=online))
    assert refusal_reason(request("POST", "/images/create?fromImage=example.com/x", options=online)) == "image:registry"
    assert "a%2Fb" in forwarded_target(request("POST", "/images/create?fromImage=a/b", options=online))


def test_buildkit_is_refused_with_an_explanation() -> None:
    decision = request("POST", "/build?version=2")
    assert isinstance(decision, Refused)
    assert "export DOCKER_BUILDKIT=0" in decision.message
