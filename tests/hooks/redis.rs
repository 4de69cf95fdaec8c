//! Redis.

use super::World;

fn world() -> Option<World> {
    World::new(&["redis-server", "redis-cli"])
}

#[test]
fn a_freeze_has_everything_in_the_file() {
    let Some(world) = world() else {
        return;
    };
    let script = r#"
        start_redis 7001 'requirepass "two words"'
        export REDISCLI_AUTH="two words"
        redis-cli -p 7001 set key old >/dev/null
        redis-cli -p 7001 save >/dev/null
        redis-cli -p 7001 set key new >/dev/null
        unset REDISCLI_AUTH
        "$HOOKS/redis" freeze
        cp -a "$DATA/redis" "$DATA/snapshot"
        "$HOOKS/redis" thaw
        start_redis 7002 "dir $DATA/snapshot"
        redis-cli -p 7002 get key
    "#;
    assert_eq!(world.sh(script), "new\n");
}

#[test]
fn a_log_of_commands_is_enough() {
    let Some(world) = world() else {
        return;
    };
    let script = r#"
        start_redis 7001 'appendonly yes'
        redis-cli -p 7001 set key new >/dev/null
        "$HOOKS/redis" freeze
        ls "$DATA/redis"
        cp -a "$DATA/redis" "$DATA/snapshot"
        start_redis 7002 "dir $DATA/snapshot
        appendonly yes"
        redis-cli -p 7002 get key
    "#;
    assert_eq!(world.sh(script), "appendonlydir\nnew\n");
}

#[test]
fn who_keeps_nothing_gets_no_file() {
    let Some(world) = world() else {
        return;
    };
    let script = r#"
        start_redis 7001 'save ""'
        redis-cli -p 7001 set key new >/dev/null
        "$HOOKS/redis" freeze
        ls "$DATA/redis"
    "#;
    assert_eq!(world.sh(script), "");
}

#[test]
fn a_file_that_cannot_be_written_fails_the_freeze() {
    let Some(world) = world() else {
        return;
    };
    world.sh("start_redis 7001 ''; chown root \"$DATA/redis\"");
    let told = "redis: the server at 127.0.0.1:7001 could not write its file; its log tells why\n";
    assert_eq!(world.reason("\"$HOOKS/redis\" freeze"), told);
    world.sh("start_redis 7002 'requirepass secret'; echo 'port 7002' >/etc/redis/7002.conf");
    world.sh("chown redis \"$DATA/redis\"");
    let told = "redis: the server at 127.0.0.1:7002 does not tell of itself: NOAUTH Authentication required.\n";
    assert_eq!(world.reason("\"$HOOKS/redis\" freeze"), told);
}

#[test]
fn a_server_at_a_socket_is_found() {
    let Some(world) = world() else {
        return;
    };
    let script = r#"
        mkdir "$DATA/redis"
        chown redis "$DATA/redis"
        printf '%s\n' 'port 0' "unixsocket $DATA/redis/sock" 'requirepass secret' "dir $DATA/redis" \
            >/etc/redis/redis.conf
        as_service redis redis-server /etc/redis/redis.conf
        until_true test -S "$DATA/redis/sock"
        "$HOOKS/redis" freeze
        ls "$DATA/redis"
    "#;
    assert_eq!(world.sh(script), "dump.rdb\nsock\n");
}

#[test]
fn servers_of_persons_and_containers_are_left_alone() {
    let Some(world) = world() else {
        return;
    };
    let script = r#"
        mkdir "$DATA/redis"
        chmod 777 "$DATA/redis"
        unshare --pid --fork redis-server --bind 127.0.0.1 --port 7001 --dir "$DATA/redis" >/dev/null 2>&1 &
        until_true answers 7001
        "$HOOKS/redis" freeze
        setpriv --reuid=1234 --regid=1234 --clear-groups \
            redis-server --bind 127.0.0.1 --port 7002 --dir "$DATA/redis" >/dev/null 2>&1 &
        until_true answers 7002
        "$HOOKS/redis" freeze 2>&1 | sed 's/process [0-9]*/process N/'
        ls "$DATA/redis"
    "#;
    let told = "redis: process N of user 1234 is left alone\n";
    assert_eq!(world.sh(script), told);
}
