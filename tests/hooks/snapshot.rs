//! All of them on one disk that is copied while it is frozen and written to.

use qapi_tests::need;

use super::World;

/// A disk of its own with three servers, who are given one number after the other.
const WORK: &str = r#"
    mkdir "$DATA/disk" "$DATA/copy" "$DATA/hook.d"
    cp "$HOOKS/../fsfreeze-hook" "$DATA/hook"
    ln -s "$HOOKS"/* "$DATA/hook.d"
    truncate -s 700M "$DATA/image"
    mkfs.ext4 -q "$DATA/image"
    mount -o loop "$DATA/image" "$DATA/disk"
    chmod 1777 "$DATA/disk"
    DATA=$DATA/disk
    start_mariadb
    start_postgres
    start_redis 7001 ''
    pg 'CREATE TABLE t(n INT)'
    (
        exec >/dev/null 2>&1
        number=0
        while :; do
            number=$((number + 1))
            redis-cli -p 7001 set number "$number"
            sql "INSERT INTO d.safe VALUES ($number); INSERT INTO d.plain VALUES ($number)"
            pg "INSERT INTO t VALUES ($number)"
        done
    ) &
    has_begun() {
        [ "$(pg 'SELECT COUNT(*) FROM t')" -gt 2 ]
    }
    until_true has_begun
"#;

const COPY: &str = r#"
    "$DATA/hook" freeze
    trap 'fsfreeze --unfreeze "$DATA/disk"' EXIT
    fsfreeze --freeze "$DATA/disk"
    cp --sparse=always "$DATA/image" "$DATA/image of the copy"
    fsfreeze --unfreeze "$DATA/disk"
    trap - EXIT
    "$DATA/hook" thaw
"#;

/// Starts servers with what was copied, and shows whether each has all numbers up to its last one.
const RESTORE: &str = r#"
    mount -o loop "$DATA/image of the copy" "$DATA/copy"
    DATA=$DATA/copy
    run_mariadb
    sql 'CHECK TABLE d.safe, d.plain;
        SELECT COUNT(*) = MAX(n) FROM d.safe;
        SELECT COUNT(*) = MAX(n) + 1 FROM d.plain;
        SELECT (SELECT MAX(n) FROM d.safe) - (SELECT MAX(n) FROM d.plain) IN (0, 1)'
    # The one that was copied is still there.
    rm "$DATA/postgres/postmaster.pid" "$DATA/postgres"/.s.*
    run_postgres
    pg 'SELECT COUNT(*) = MAX(n) FROM t'
    start_redis 7002 ''
    [ "$(redis-cli -p 7002 get number)" -gt 2 ]
"#;

#[test]
fn servers_start_from_a_disk_that_was_copied_while_it_was_frozen() {
    if need::island().is_none() || need::postgres().is_none() {
        return;
    }
    let Some(world) = World::new(&["mariadbd", "redis-server", "psql", "fsfreeze"]) else {
        return;
    };
    world.sh(WORK);
    assert_eq!(world.sh(COPY), "");
    let told = "d.safe\tcheck\tstatus\tOK\nd.plain\tcheck\tstatus\tOK\n1\n1\n1\nt\n";
    assert_eq!(world.sh(RESTORE), told);
}
