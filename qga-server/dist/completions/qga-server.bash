# Completes the options of qga-server in bash.
_qga_server() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    case $previous in
        -m | --method)
            mapfile -t COMPREPLY < <(compgen -W "virtio-serial isa-serial unix-listen vsock-listen" -- "$word")
            ;;
        --explain)
            mapfile -t COMPREPLY < <(compgen -W "$(qga-server --block-rpcs=help 2>/dev/null)" -- "$word")
            ;;
        -b | --block-rpcs | -a | --allow-rpcs)
            mapfile -t COMPREPLY < <(compgen -W "help $(qga-server --block-rpcs=help 2>/dev/null)" -- "$word")
            ;;
        -t | --statedir)
            mapfile -t COMPREPLY < <(compgen -d -- "$word")
            ;;
        -c | --config | -p | --path | -l | --logfile | -f | --pidfile)
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
            ;;
        *)
            mapfile -t COMPREPLY < <(compgen -W "--config --method --path --logfile --pidfile --fsfreeze-hook --statedir
                --verbose --version --daemonize --block-rpcs --allow-rpcs --dump-conf --retry-path --explain
                --freeze-plan --hook-timeout --freeze-timeout --thaw --self-test --help" -- "$word")
            ;;
    esac
}
complete -F _qga_server qga-server
