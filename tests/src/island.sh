# Starts an agent on an island: a mount namespace of its own whose root is in memory and in which nothing of the
# machine's disks is mounted, so that freezing all file systems freezes these three and no others.
#
# Usage: unshare --mount --propagation private sh -eu island.sh DIRECTORY PROGRAM [ARGUMENT]...
directory=$1 program=$2
shift 2
name=${program##*/}

# The agent's home, which the island will hide.
exec 3<"$directory/home"
mount -t tmpfs -o mode=755 island "$directory"
cd "$directory"
cp -r /proc/self/fd/3/. home
exec 3<&-
mkdir -p bin dev proc run sys tmp machine ext4 xfs btrfs images
mount -t proc proc proc
mount --rbind /sys sys
mount --bind /dev dev

# Copies, since a file that is bound here would bring the disk that it is on.
copy() {
    cp -L "$1" "bin/${1##*/}"
    ldd "$1" 2>/dev/null | grep -o '/[^ ]*' | while read -r library; do
        mkdir -p ".${library%/*}"
        cp -nL "$library" ".$library"
    done
}
copy "$program"
for tool in sh mount umount mkdir mv; do
    copy "$(command -v "$tool")"
done

truncate -s 16M images/ext4
truncate -s 300M images/xfs
truncate -s 109M images/btrfs
mkfs.ext4 -q images/ext4
mkfs.xfs -q images/xfs
mkfs.btrfs -q images/btrfs >/dev/null
for kind in ext4 xfs btrfs; do
    mount -o loop -t "$kind" "images/$kind" "$kind"
done
cat >hook <<'HOOK'
#!/bin/sh
echo "$1" >>/run/heard
[ "$1" = thaw ] || [ ! -p /run/gate ] || read -r _ </run/gate
HOOK
chmod 700 hook

pivot_root . machine
umount -l /machine
# The last thing before the agent: no disk may be left. Loop devices have the number 7.
while read -r _ _ device _ place _; do
    case $device in
        0:* | 7:*) ;;
        *)
            echo "$place is on device $device of the machine"
            exit 1
            ;;
    esac
done </proc/self/mountinfo
exec "/bin/$name" "$@"
