#!/bin/sh
# container.sh ROOT HOSTNAME STARTED (KIND SOURCE TARGET)... -- COMMAND...
#
# Runs as PID 1 of new mount, PID, UTS and IPC namespaces. The container's root is a tmpfs on ROOT that
# borrows the machine's /usr. A root of its own, and not mounts over the machine's directories, for two
# reasons: what a step finds in the machine's /etc, /root or /tmp is not in an image, and mount points
# such as /tekton need never exist outside. When PID 1 ends the kernel drops every mount, however it ended.
set -eu
root=$1
hostname=$2
started=$3
shift 3

mount -t tmpfs -o mode=0755 tmpfs "$root"
while [ "$1" != -- ]; do
	kind=$1 source=$2 target=$root$3
	shift 3
	case $kind in
	dir)
		mkdir -p "$target"
		continue
		;;
	link)
		mkdir -p "$(dirname "$target")"
		ln -s "$source" "$target"
		continue
		;;
	esac
	if [ -d "$source" ]; then
		mkdir -p "$target"
	elif [ ! -e "$target" ]; then
		mkdir -p "$(dirname "$target")"
		: >"$target"
	fi
	mount --bind "$source" "$target"
	# A bind mount ignores "ro" until it is remounted.
	if [ "$kind" = ro ]; then mount -o remount,bind,ro "$target"; fi
done
shift

mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t tmpfs -o mode=1777,size=64m,nosuid,nodev tmpfs "$root/dev/shm"
mount -o remount,ro "$root"
printf %s "$hostname" >/proc/sys/kernel/hostname
# From here on an exit code is the step's own; before, it would only be a broken test machine.
: >"$started"
exec chroot "$root" "$@"
