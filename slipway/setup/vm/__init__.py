"""A Debian in a virtual machine, with systemd, cgroup v2 and AppArmor, in which `./lab test --vm` runs the lab."""
