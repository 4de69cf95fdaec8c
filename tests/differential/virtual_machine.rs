//! Disks of every kind that QEMU and Debian's kernel have together, in a virtual machine with both agents.

use qapi_tests::need;
use qapi_tests::vm::{Setup, Vm};

use crate::agents::Theirs;

const PLACE: &str = "virtual machine";

/// Two disks for the device mapper, one of which is behind a bridge, and one for each other kind of controller.
const DEVICES: [&str; 12] = [
    // The machine mounts it at /mnt when it boots.
    "virtio-blk-pci,drive=programs",
    "virtio-blk-pci,drive=lower",
    "pcie-root-port,id=bridge,chassis=1",
    "virtio-blk-pci,drive=upper,bus=bridge",
    "virtio-blk-pci,drive=parted",
    "virtio-blk-pci,drive=mirrored",
    "virtio-scsi-pci,id=scsi",
    "scsi-hd,drive=target,bus=scsi.0,scsi-id=3,lun=2,serial=number",
    "piix3-ide,id=ide",
    "ide-hd,drive=master,bus=ide.0,unit=0",
    "ide-hd,drive=slave,bus=ide.1,unit=1,serial=another",
    "nvme,drive=fast,serial=third",
];

const DRIVES: [&str; 8] = [
    "lower", "upper", "parted", "mirrored", "target", "master", "slave", "fast",
];

const MODULES: [&str; 6] = [
    "dm-mod",
    "raid1",
    "virtio_scsi",
    "sd_mod",
    "ata_piix",
    "loop",
];

/// What makes file systems of these disks, and the C agent a neighbour of ours.
const FURNISH: &str = r#"
    set -e
    export LD_LIBRARY_PATH=/mnt/lib PATH=/mnt:$PATH DM_DISABLE_UDEV=1
    # A device over two disks and, as the manager for volumes makes it, one over that.
    printf '0 65536 linear /dev/vdc 0\n65536 65536 linear /dev/vdd 0\n' | dmsetup create two
    echo 0 65536 linear /dev/mapper/two 0 |
        dmsetup create --uuid LVM-abcdefghijklmnopqrstuvwxyz group-volume
    # Partitions.
    printf 'n\np\n1\n\n+8M\nn\np\n2\n\n\nw\n' | fdisk /dev/vde >/dev/null
    # A mirror of which one half is missing.
    echo md0 >/sys/module/md_mod/parameters/new_array
    cd /sys/block/md0/md
    echo raid1 >level
    echo 2 >raid_disks
    cat /sys/block/vdf/dev >new_dev
    echo 0 >dev-vdf/slot
    echo 16384 >component_size
    echo active >array_state
    cd /
    truncate -s 8M /mnt/file
    losetup /dev/loop0 /mnt/file
    # The others have one, and so has what begins with the first of them.
    for device in vde1 vde2 md0 loop0; do
        mke2fs "/dev/$device" >/dev/null
    done
    for device in mapper/group-volume vde1 vde2 md0 loop0 sda sdb sdc nvme0n1; do
        mkdir -p "/disks/$device"
        mount -t ext4 "/dev/$device" "/disks/$device"
    done
    mkdir /disks/again
    mount --bind /disks/sda /disks/again

    for port in /sys/class/virtio-ports/*; do
        if [ "$(cat "$port/name")" = theirs ]; then
            mkdir /run/theirs
            qemu-ga -m virtio-serial -p "/dev/${port##*/}" -t /run/theirs </dev/null >/dev/console 2>&1 &
        fi
    done
"#;

/// A machine with both agents and disks of all kinds.
fn boot() -> Option<Vm> {
    let mut setup = Setup::new(env!("CARGO_TARGET_TMPDIR"))?;
    let programs = [need::c_agent()?, need::tool("dmsetup")?];
    setup
        .port("theirs")
        // Of several paths the C agent knows none; that stands among the captured disks.
        .kernel("nvme_core.multipath=0")
        .modules(&MODULES)
        .programs("programs", &programs);
    for name in DRIVES {
        setup.drive(name, "32M");
    }
    for device in DEVICES {
        setup.args(&["-device", device]);
    }
    let mut vm = setup.boot();
    vm.door.run(FURNISH);
    Some(vm)
}

#[test]
fn disks_of_every_kind_are_described_alike() {
    let Some(theirs) = Theirs::find() else { return };
    let Some(vm) = boot() else { return };
    let mut comparison = theirs.comparison();
    drop(vm.agent());
    let (mut their, mut our) = (vm.port("theirs"), vm.wire());
    // One agent after the other: what one has frozen or trimmed is so for both.
    for request in [
        r#"{"execute":"guest-get-fsinfo"}"#,
        r#"{"execute":"guest-get-disks"}"#,
        r#"{"execute":"guest-get-diskstats"}"#,
        r#"{"execute":"guest-fstrim"}"#,
        concat!(
            r#"{"execute":"guest-fsfreeze-freeze"}"#,
            r#"{"execute":"guest-fsfreeze-thaw"}"#
        ),
    ] {
        let replies = [&mut their, &mut our].map(|wire| wire.replies_to(request));
        comparison.compare(PLACE, request, &replies[0], &replies[1]);
    }
    comparison.finish();
}
