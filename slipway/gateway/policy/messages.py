"""Messages of refusals: what was refused, why a shared lab refuses it, and what to do instead.

One or two sentences each, under 300 characters, for a beginner who typed a reasonable command. Texts only.
"""

from __future__ import annotations

PRIVILEGED = (
    "--privileged would hand this container the machine that all learners share, so the lab leaves it out. "
    "Run it without: everything in this course works that way."
)
HOST_PATH = (
    "The lab doesn't mount directories of the machine below, because everybody shares it. "
    "Use a named volume instead: -v mydata:/data, and docker cp to put files into it."
)
NAMESPACE = (
    "{option} would let the container see the processes of the machine below, which learners share. "
    "Leave the option out; docker top and docker exec show what runs inside."
)
RIGHTS = (
    "{option} would give the container more rights than usual over a machine that learners share. "
    "Leave it out; dropping rights with --cap-drop is welcome."
)
DEVICE = "{option} would reach the hardware of a machine that learners share, so the lab leaves it out."
TUNING = "{option} is set by the lab itself, so that one container can't slow down its neighbours. Leave it out."
LOGGING = (
    "The lab keeps a container's output in a small local file, so that docker logs works and no disk fills up. "
    "Leave --log-driver out, or use json-file or local."
)
DNS = "Names inside this lab are looked up by the engine itself. Leave {option} out."

LOGIN = (
    "docker login isn't needed here, and the lab keeps no passwords: never type a real one into a shared lab. "
    "The course's images come from the lab's own hub."
)
SEARCH = "docker search would ask Docker Hub on the internet, which a lab sandbox can't reach. {hub}"
SWARM = (
    "Swarm commands would turn this small engine into a cluster with ports open to others, so the lab leaves them "
    "out. Use docker run and a network of your own: docker network create."
)
PLUGIN = "A plugin would run as root beside the engine that holds this lab together, so none can be added here."
PUSH = (
    "docker push would send an image to a registry on the internet, which a lab sandbox can't reach. docker tag works."
)
MANIFEST = "This would ask a registry on the internet about an image, which a lab sandbox can't reach."
ARCHIVE = (
    "Whole images don't travel in or out of the lab's small disk: docker save and docker load are closed. "
    "Use docker build to make an image of your own."
)
EXPORT = (
    "Whole containers don't leave the lab's small disk: docker export is closed. "
    "Use docker cp to take single files out."
)
CLUSTER_VOLUME = "The lab has no cluster volumes. Use docker volume create."
COMMIT = "docker commit is closed in this lab, whose disk is small. Write a Dockerfile and use docker build instead."
UPDATE = "docker update could lift the limits that keep learners apart. Remove the container and run it anew."
CHECKPOINT = "Checkpoints are experimental and write to the engine's own disk, so the lab leaves them out."
BUILDKIT = (
    "This lab's engine builds with the classic builder. Switch BuildKit off and build again: export DOCKER_BUILDKIT=0."
)
WEBSOCKET = "The lab doesn't pass websockets to a container. Use docker attach."
DEBUG = "The engine's debugging pages are closed in this lab: they show details of the machine that learners share."
OBSOLETE = "This call is older than Docker API 1.24, and the lab doesn't pass it. Use a newer client."
UNKNOWN = "This lab's gateway doesn't pass {what}: it knows the calls that a docker course needs, and no others."
UPGRADE = (
    "upgrade required: this call becomes a two-way stream, "
    "so it needs the headers Connection: Upgrade and Upgrade: tcp."
)
ENGINE_SILENT = "The engine of this sandbox doesn't answer. It may be starting again: wait a moment, then try again."
HOST_NETWORK = (
    "--network host would give the container the network of the machine below it, which this lab shares. "
    "Publish a port instead: -p 8080:80."
)

ADDRESS = (
    "The lab chooses its containers' addresses itself. Leave --ip, --mac-address, --link and --driver-opt out: "
    "on a network of your own, containers find each other by name."
)

CONFIG = (
    "The lab has networks of containers only, no configurations for others. Leave --config-only and --config-from out."
)

FIELDS = {
    "HostConfig.Privileged": PRIVILEGED,
    "Privileged": PRIVILEGED,
    "HostConfig.Binds": HOST_PATH,
    "HostConfig.Mounts.Type": HOST_PATH,
    "HostConfig.Mounts.BindOptions": HOST_PATH,
    "HostConfig.Mounts.VolumeOptions.DriverConfig": HOST_PATH,
    "HostConfig.VolumeDriver": HOST_PATH,
    "DriverOpts": "A volume in this lab is a plain directory of the sandbox itself. Leave --opt out.",
    "Driver": "The lab has bridge networks and local volumes only. Leave --driver out.",
    "HostConfig.PidMode": NAMESPACE.format(option="--pid"),
    "HostConfig.IpcMode": NAMESPACE.format(option="--ipc"),
    "HostConfig.UTSMode": NAMESPACE.format(option="--uts"),
    "HostConfig.UsernsMode": NAMESPACE.format(option="--userns"),
    "HostConfig.CgroupnsMode": NAMESPACE.format(option="--cgroupns"),
    "HostConfig.CapAdd": RIGHTS.format(option="--cap-add"),
    "HostConfig.SecurityOpt": RIGHTS.format(option="--security-opt"),
    "HostConfig.MaskedPaths": RIGHTS.format(option="MaskedPaths"),
    "HostConfig.ReadonlyPaths": RIGHTS.format(option="ReadonlyPaths"),
    "HostConfig.Sysctls": RIGHTS.format(option="--sysctl"),
    "HostConfig.GroupAdd": RIGHTS.format(option="--group-add with a name"),
    "HostConfig.Runtime": RIGHTS.format(option="--runtime"),
    "HostConfig.Devices": DEVICE.format(option="--device"),
    "HostConfig.DeviceRequests": DEVICE.format(option="--gpus"),
    "HostConfig.DeviceCgroupRules": DEVICE.format(option="--device-cgroup-rule"),
    "HostConfig.CgroupParent": TUNING.format(option="--cgroup-parent"),
    "HostConfig.OomKillDisable": TUNING.format(option="--oom-kill-disable"),
    "HostConfig.OomScoreAdj": TUNING.format(option="--oom-score-adj"),
    "HostConfig.CpusetCpus": TUNING.format(option="--cpuset-cpus"),
    "HostConfig.Ulimits.Name": TUNING.format(option="--ulimit, except nofile,"),
    "HostConfig.ContainerIDFile": "Leave --cidfile out: docker create and docker run -d print the container's id.",
    "HostConfig.Annotations": "Leave --annotation out; a --label is free.",
    "HostConfig.StorageOpt": TUNING.format(option="--storage-opt"),
    "HostConfig.LogConfig.Type": LOGGING,
    "HostConfig.LogConfig.Config": LOGGING,
    "HostConfig.Dns": DNS.format(option="--dns"),
    "HostConfig.DnsSearch": DNS.format(option="--dns-search"),
    "HostConfig.DnsOptions": DNS.format(option="--dns-option"),
    "HostConfig.ExtraHosts": "Containers here have no way to the machine below. Leave host-gateway out of --add-host.",
    "HostConfig.PortBindings": "A container publishes at most 50 ports in this lab. Choose the few that you need.",
    "HostConfig.PortBindings.HostIp": (
        "Ports are published inside your own sandbox here. Leave the address out: -p 8080:80."
    ),
    "NetworkingConfig.EndpointsConfig.IPAMConfig": ADDRESS,
    **{
        f"{where}.{field}": ADDRESS
        for where in ("NetworkingConfig.EndpointsConfig", "EndpointConfig")
        for field in ("IPAMConfig", "MacAddress", "DriverOpts", "Links", "GwPriority")
    },
    "Attachable": "Attachable networks are for Swarm clusters. Leave --attachable out: any container may join.",
    "Ingress": SWARM,
    "Scope": SWARM,
    "ConfigOnly": CONFIG,
    "ConfigFrom": CONFIG,
    "EnableIPv6": "The lab's networks speak IPv4. Leave --ipv6 out.",
    "EnableIPv4": "The lab's networks speak IPv4. Leave --ipv4 out.",
    "MacAddress": ADDRESS,
    "HostConfig.CpusetMems": TUNING.format(option="--cpuset-mems"),
    "HostConfig.BlkioWeight": TUNING.format(option="--blkio-weight"),
    "HostConfig.CpuRealtimeRuntime": TUNING.format(option="--cpu-rt-runtime"),
    "HostConfig.MemorySwappiness": TUNING.format(option="--memory-swappiness"),
    "StopTimeout": "A container may take at most 30 seconds to stop in this lab. Choose a --stop-timeout up to 30.",
    "Env": "A container takes at most 100 variables of 4 KiB each in this lab.",
    "Labels": "At most 20 labels are allowed here, and names that begin with lab. or slipway. are the lab's own.",
    "IPAM": "The lab chooses the addresses of its networks itself. Leave --subnet, --gateway and --ipam-driver out.",
    "Options": "The lab doesn't pass options to a network's driver: they reach the machine below. Leave --opt out.",
    "Name": "Names in this lab have letters, digits, _ . and -, beginning with a letter or digit.",
    "Hostname": "A host name has at most 63 letters, digits, -, _ and . in it.",
}
"""By the field's dotted path. A field without a message has its parent's, or the generic one."""


def field_message(path: str, is_known: bool) -> str:
    """Return the message for a refused field; `is_known` tells whether the lab's model has such a field."""
    parts = path.split(".")
    for end in range(len(parts), 0, -1):
        message = FIELDS.get(".".join(parts[:end]))
        if message and (is_known or end == len(parts)):
            return message
    if is_known:
        return f"The lab's gateway doesn't take this value of {path}; leave the option out."
    return f"The lab's gateway knows no field {path} in this request, and takes only what it knows."
