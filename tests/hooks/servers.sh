# What the scripts of the tests have in common. Each is run in a world of its own, in whose directory $DATA there is
# nothing but what it puts there; $HOOKS are the hooks.

# The programs of a server of PostgreSQL: those of any version that is there.
for directory in /usr/lib/postgresql/*/bin; do
    [ ! -x "$directory/postgres" ] || POSTGRES=$directory
done

# Waits for what has to come.
until_true() {
    patience=2000
    until "$@" >/dev/null 2>&1; do
        patience=$((patience - 1))
        [ "$patience" -gt 0 ] || { echo "in vain: $*" >&2; exit 1; }
        sleep 0.02
    done
}

# Starts a program as this user, in a session of its own, so that it stays.
as_service() {
    user=$1
    shift
    setsid setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@" </dev/null >>"$DATA/log" 2>&1 &
}

# A server in which root may do everything, with a table in each of two engines.
start_mariadb() {
    mkdir "$DATA/mysql"
    chown mysql "$DATA/mysql"
    mariadb-install-db --no-defaults --user=mysql --datadir="$DATA/mysql" --skip-test-db >/dev/null
    run_mariadb
    sql 'CREATE DATABASE d; CREATE TABLE d.safe(n INT) ENGINE=InnoDB; CREATE TABLE d.plain(n INT) ENGINE=MyISAM;
        INSERT INTO d.plain VALUES (0)'
}

run_mariadb() {
    as_service mysql mariadbd --no-defaults --datadir="$DATA/mysql" --socket="$DATA/mysql.sock" --skip-networking \
        --pid-file="$DATA/mysql/pid" --innodb-buffer-pool-size=8M
    until_true sql 'SELECT 1'
}

sql() {
    mariadb --no-defaults --socket="$DATA/mysql.sock" --batch --skip-column-names --execute "$1"
}

# Whether some session is in this state or at this statement.
someone() {
    sql 'SHOW PROCESSLIST' | grep -q "$1"
}

# Whether nobody is left but who asks and so many others.
nobody_else_but() {
    [ "$(sql 'SELECT COUNT(*) - 1 FROM information_schema.processlist')" = "$1" ]
}

start_postgres() {
    mkdir "$DATA/postgres"
    chown postgres "$DATA/postgres"
    cd "$DATA/postgres" || exit
    runuser -u postgres -- "$POSTGRES/initdb" --no-sync -D "$DATA/postgres" -A peer >/dev/null
    run_postgres
}

run_postgres() {
    runuser -u postgres -- "$POSTGRES/pg_ctl" -D "$DATA/postgres" -w -l "$DATA/postgres/log" \
        -o "-c listen_addresses= -c unix_socket_directories=$DATA/postgres" start >/dev/null
}

pg() {
    runuser -u postgres -- psql -XqAt -h "$DATA/postgres" -d postgres -c "$1"
}

# Starts a server at this port with these further settings, a line each.
start_redis() {
    mkdir -p "$DATA/redis"
    chown redis "$DATA/redis"
    printf '%s\n' "port $1" 'bind 127.0.0.1' "dir $DATA/redis" "$2" >"/etc/redis/$1.conf"
    as_service "${3-redis}" redis-server "/etc/redis/$1.conf"
    until_true answers "$1"
}

answers() {
    redis-cli -p "$1" ping 2>&1 | grep -q -e PONG -e NOAUTH
}
