//! PostgreSQL.

use qapi_tests::need;

use super::World;

fn world() -> Option<World> {
    need::postgres()?;
    World::new(&["psql"])
}

#[test]
fn a_freeze_makes_a_checkpoint() {
    let Some(world) = world() else {
        return;
    };
    // Where the checkpoint begins has to be behind what was written before the freeze.
    let script = r#"
        start_postgres
        pg 'CREATE TABLE t AS SELECT generate_series(1, 1000) AS n'
        before=$(pg 'SELECT pg_current_wal_insert_lsn()')
        "$HOOKS/postgresql" freeze
        pg "SELECT redo_lsn >= '$before' FROM pg_control_checkpoint()"
        begin=$(pg 'SELECT redo_lsn FROM pg_control_checkpoint()')
        "$POSTGRES/pg_controldata" "$DATA/postgres" | grep -c "REDO location: *$begin"
        "$HOOKS/postgresql" thaw
    "#;
    assert_eq!(world.sh(script), "t\n1\n");
}

#[test]
fn each_server_makes_its_own() {
    let Some(world) = world() else {
        return;
    };
    let script = r#"
        start_postgres
        mkdir "$DATA/other"
        (DATA=$DATA/other start_postgres)
        one=$(pg 'SELECT redo_lsn FROM pg_control_checkpoint()')
        other=$(DATA=$DATA/other pg 'SELECT redo_lsn FROM pg_control_checkpoint()')
        "$HOOKS/postgresql" freeze
        pg "SELECT redo_lsn > '$one' FROM pg_control_checkpoint()"
        DATA=$DATA/other pg "SELECT redo_lsn > '$other' FROM pg_control_checkpoint()"
    "#;
    assert_eq!(world.sh(script), "t\nt\n");
}

#[test]
fn a_checkpoint_that_is_not_made_fails_the_freeze() {
    let Some(world) = world() else {
        return;
    };
    let stop = r#"
        start_postgres
        kill -STOP "$(head -n 1 "$DATA/postgres/postmaster.pid")"
    "#;
    world.sh(stop);
    let told = "postgresql: the server at port 5432 has made no checkpoint within 1 seconds\n";
    let script = "QGA_HOOK_POSTGRESQL_LIMIT=1 \"$HOOKS/postgresql\" freeze";
    assert_eq!(world.reason(script), told);
    let refuse = r#"
        kill -CONT "$(head -n 1 "$DATA/postgres/postmaster.pid")"
        sed -i s/peer/reject/ "$DATA/postgres/pg_hba.conf"
        runuser -u postgres -- "$POSTGRES/pg_ctl" -D "$DATA/postgres" -m fast -w restart >/dev/null
    "#;
    world.sh(refuse);
    let told = world.reason("\"$HOOKS/postgresql\" freeze");
    let begin = "postgresql: the server at port 5432 makes no checkpoint: psql: error: ";
    assert!(told.starts_with(begin), "{told}");
    world.sh("\"$HOOKS/postgresql\" thaw");
}
