//! How to use the program.

use crate::config::{
    DEFAULT_CONFIG, DEFAULT_FREEZE_TIMEOUT, DEFAULT_FSFREEZE_HOOK, DEFAULT_HOOK_TIMEOUT,
    DEFAULT_PID_FILE, DEFAULT_STATE_DIR,
};

/// The text for `--help`, for a program called by this name.
pub(crate) fn usage(program: &str) -> String {
    format!(
        "Usage: {program} [-m METHOD -p PATH] [OPTION]...
Answers the commands of a virtual machine's host from inside the machine.

  -c, --config=FILE     read options from this file (default: {DEFAULT_CONFIG},
                        or what the variable QGA_CONF names); what the command
                        line says counts more
  -m, --method=METHOD   how the host reaches the agent: virtio-serial (default),
                        isa-serial, unix-listen or vsock-listen; a socket that
                        systemd has opened counts more
  -p, --path=PATH       the device (default for virtio-serial: the port named
                        org.qemu.guest_agent.0, for isa-serial: /dev/ttyS0),
                        or the socket to listen on, to which only its owner may
                        connect, or for vsock-listen CID:PORT
  -l, --logfile=FILE    add log lines to this file (default: standard error)
  -f, --pidfile=FILE    the file that tells the process of a daemon
                        (default: {DEFAULT_PID_FILE})
  -F, --fsfreeze-hook[=PATH]
                        run a program before file systems are frozen and after
                        they are thawed (default: {DEFAULT_FSFREEZE_HOOK})
  -t, --statedir=DIR    where state is kept between runs
                        (default: {DEFAULT_STATE_DIR})
  -v, --verbose         log everything, not only failures
  -V, --version         print the version and exit
  -d, --daemonize       run in the background, with a pid file
  -b, --block-rpcs=LIST refuse these commands, separated by commas; the word
                        help prints all commands and exits
  -a, --allow-rpcs=LIST refuse all commands but these
  -D, --dump-conf       print the configuration that these options and the
                        file make together, as such a file, and exit
  -r, --retry-path      wait for a device that is not there, and open it again
                        after it was lost
      --hook-timeout=SECONDS
                        how long that program may take each time
                        (default: {DEFAULT_HOOK_TIMEOUT}, 0 means any time)
      --freeze-timeout=SECONDS
                        thaw what has been frozen for so long, whoever forgot it
                        (default: {DEFAULT_FREEZE_TIMEOUT}, 0 means never)
      --thaw            thaw what an agent that is gone has left frozen, and exit
      --explain COMMAND [ARGUMENTS] [CHANNEL]
                        print which rule of the policy decides about a command,
                        with these arguments, as JSON, of clients of this
                        channel (default: general), and exit with 0 if it is
                        allowed, 3 if it is refused, 2 if that depends on the
                        arguments, and 1 if it cannot be told
      --freeze-plan     print what a freeze would do to each file system, and
                        in which order, without doing it, and exit
      --self-test       print which commands work on this guest and why others
                        do not, without doing anything, and exit: with 3 if
                        something does not work
  -h, --help            print this text and exit
"
    )
}
