#!/bin/sh
# Makes the Debian in the folder $1 a machine to boot: with a network, ssh for root and for a user in the group docker,
# and in that user's home the lab with its .venv, made by ./lab with this Debian's Python and without a network.
# mmdebstrap runs it, with SOURCE (the repository) and MATERIAL (the key, the wheels and the images) in its environment.
set -eu
root=$1
lab=/home/user/slipway

echo slipway-vm > "$root/etc/hostname"
echo '127.0.0.1 localhost slipway-vm' > "$root/etc/hosts"
echo '/dev/vda / ext4 defaults 0 1' > "$root/etc/fstab"
printf '[Match]\nName=en*\n[Network]\nDHCP=yes\n' > "$root/etc/systemd/network/lan.network"
chroot "$root" systemctl enable systemd-networkd ssh

chroot "$root" useradd --create-home --shell /bin/bash --groups docker user
for home in root home/user; do
    mkdir -p "$root/$home/.ssh"
    cp "$MATERIAL/key.pub" "$root/$home/.ssh/authorized_keys"
done

cp -R "$MATERIAL/images" "$root/var/lib/slipway-images"
mkdir "$root$lab"
tar -C "$SOURCE" -cf - --exclude=./.git --exclude='./.venv*' --exclude=./.state --exclude='./.*_cache' \
    --exclude=./test-artifacts --exclude=./bench/out --exclude=__pycache__ . | tar -C "$root$lab" --no-same-owner -xf -
cp -R "$MATERIAL/wheels" "$root/wheels"
chroot "$root" chown -R user:user /home/user
chroot --userspec=user:user "$root" env -i HOME=/home/user PATH=/usr/bin:/bin PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels \
    sh "$lab/lab" check
rm -r "$root/wheels"
