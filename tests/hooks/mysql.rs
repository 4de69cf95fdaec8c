//! MariaDB, and what MySQL has instead.

use qapi_tests::need;

use super::World;

fn world() -> Option<World> {
    let world = World::new(&["mariadbd", "mariadb", "mariadb-install-db"])?;
    world.sh("start_mariadb");
    Some(world)
}

/// Puts a client before the real one which says that the server is one of MySQL.
const MYSQL: &str = r#"
    mkdir "$DATA/bin"
    cat >"$DATA/bin/mariadb" <<'CLIENT'
#!/bin/sh
/usr/bin/mariadb "$@" | sed -u 's/^[0-9.]*-MariaDB.*/8.0.36/'
CLIENT
    chmod 755 "$DATA/bin/mariadb"
"#;

/// A statement that a lock has to wait for.
const LONG_WRITER: &str = "
    (exec >/dev/null 2>&1; sql 'INSERT INTO d.plain SELECT SLEEP(600)') &
    until_true someone SLEEP
";

/// Writes to both tables, shows that this waits, and that it does not after the thaw.
const WRITERS: &str = r#"
    "$HOOKS/mysql" freeze
    sql 'INSERT INTO d.safe VALUES (1)' &
    until_true someone 'Waiting for.*INTO d.safe'
    sql 'INSERT INTO d.plain VALUES (1)' &
    until_true someone 'Waiting for.*INTO d.plain'
    sql 'SELECT (SELECT COUNT(*) FROM d.safe), (SELECT COUNT(*) FROM d.plain)'
    "$HOOKS/mysql" thaw
    wait
    sql 'SELECT (SELECT COUNT(*) FROM d.safe), (SELECT COUNT(*) FROM d.plain)'
    [ ! -e /run/qga-hook-mysql ]
    "$HOOKS/mysql" thaw
"#;

#[test]
fn nobody_writes_from_the_freeze_to_the_thaw() {
    let Some(world) = world() else {
        return;
    };
    assert_eq!(world.sh(WRITERS), "0\t1\n1\t2\n");
    assert_eq!(world.sh("until_true nobody_else_but 0"), "");
}

#[test]
fn nobody_writes_to_a_server_of_mysql_either() {
    let Some(world) = world() else {
        return;
    };
    world.sh(MYSQL);
    let script = r#"
        PATH=$DATA/bin:$PATH
        "$HOOKS/mysql" freeze
        cat /run/qga-hook-mysql/*/unlock
        "$HOOKS/mysql" thaw
    "#;
    assert_eq!(world.sh(script), "UNLOCK TABLES;\n");
    let script = format!("PATH=$DATA/bin:$PATH\n{WRITERS}");
    assert_eq!(world.sh(&script), "0\t1\n1\t2\n");
}

#[test]
fn every_shell_begins_and_ends_a_session() {
    let Some(world) = world() else {
        return;
    };
    for shell in ["dash", "bash --posix", "busybox sh"] {
        if need::tool(shell.split(' ').next().expect("a name")).is_none() {
            continue;
        }
        let script = format!(
            r#"
            {shell} "$HOOKS/mysql" freeze
            nobody_else_but 1
            {shell} "$HOOKS/mysql" thaw
            until_true nobody_else_but 0
        "#
        );
        assert_eq!(world.sh(&script), "", "{shell}");
    }
}

#[test]
fn a_copy_of_the_files_has_whole_tables() {
    let Some(world) = world() else {
        return;
    };
    let script = r#"
        sql 'INSERT INTO d.safe VALUES (1), (2); INSERT INTO d.plain VALUES (1), (2)'
        "$HOOKS/mysql" freeze
        cp -a "$DATA/mysql" "$DATA/snapshot"
        "$HOOKS/mysql" thaw
        kill -9 "$(cat "$DATA/mysql/pid")"
        mv "$DATA/mysql" "$DATA/old"
        mv "$DATA/snapshot" "$DATA/mysql"
        run_mariadb
        sql 'CHECK TABLE d.safe, d.plain; SELECT COUNT(*) FROM d.safe; SELECT COUNT(*) FROM d.plain'
    "#;
    let told = "d.safe\tcheck\tstatus\tOK\nd.plain\tcheck\tstatus\tOK\n2\n3\n";
    assert_eq!(world.sh(script), told);
}

#[test]
fn a_server_that_goes_on_writing_fails_the_freeze() {
    let Some(world) = world() else {
        return;
    };
    world.sh(LONG_WRITER);
    let told =
        "mysql: the server at DATA/mysql.sock does not stop writing in time: ERROR 1205 (HY000) ";
    let reason = world.reason("QGA_HOOK_MYSQL_WAIT=1 \"$HOOKS/mysql\" freeze");
    assert!(reason.starts_with(told), "{reason}");
    // Neither a lock nor one that waits for it is left.
    world.sh("sql 'INSERT INTO d.safe VALUES (1)'; [ ! -e /run/qga-hook-mysql ]");
}

#[test]
fn a_freeze_that_is_killed_leaves_nothing() {
    let Some(world) = world() else {
        return;
    };
    world.sh(LONG_WRITER);
    // As the agent does when the time of the hook is over.
    for (signal, end) in [
        ("TERM", ""),
        ("KILL", "test -d /run/qga-hook-mysql; \"$HOOKS/mysql\" thaw"),
    ] {
        let script = format!(
            r#"
            setsid "$HOOKS/mysql" freeze &
            hook=$!
            until_true someone 'BACKUP STAGE'
            kill -s {signal} -- "-$hook"
            wait "$hook" || :
            {end}
            [ ! -e /run/qga-hook-mysql ]
            until_true nobody_else_but 1
            sql 'INSERT INTO d.safe VALUES (1)'
        "#
        );
        world.sh(&script);
    }
}

#[test]
fn a_lock_ends_without_a_thaw() {
    let Some(world) = world() else {
        return;
    };
    let script = r#"
        QGA_HOOK_MYSQL_HOLD=1 "$HOOKS/mysql" freeze
        sql 'INSERT INTO d.safe VALUES (1)'
        until_true nobody_else_but 0
        "$HOOKS/mysql" thaw
    "#;
    let told = "mysql: a server has let others write before the thaw\n";
    assert_eq!(world.reason(script), told);
    world.sh("\"$HOOKS/mysql\" thaw; \"$HOOKS/mysql\" freeze; \"$HOOKS/mysql\" thaw");
}

#[test]
fn a_server_that_lets_nobody_in_fails_the_freeze() {
    let Some(world) = world() else {
        return;
    };
    world.sh("sql 'RENAME USER root@localhost TO somebody@localhost'");
    let told = "mysql: the server at DATA/mysql.sock lets nobody in: ERROR 1698 (28000): \
                Access denied for user 'root'@'localhost'\n";
    assert_eq!(world.reason("\"$HOOKS/mysql\" freeze"), told);
    world.sh("[ ! -e /run/qga-hook-mysql ]");
}
