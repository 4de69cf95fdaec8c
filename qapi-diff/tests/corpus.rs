//! Every released schema that was collected is compared with the next.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use qapi_diff::{Diff, History, Severity};

mod releases;
#[path = "../../qapi-parser/tests/shared/mod.rs"]
mod shared;

use shared::shared;

/// The history of the releases in a folder of the collection.
fn history(folder: &Path) -> History {
    let roots = releases::roots(folder).into_iter();
    History::of(roots.map(|(version, root)| (version.to_string(), releases::load(&root))))
}

/// Compares a file of this crate with what was found, or writes that down.
fn check(name: &str, found: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os("UPDATE_EXPECT").is_some_and(|update| update == "1") {
        fs::write(&path, found).expect("the file can be written");
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == found,
        "{}:\n{found}\nUPDATE_EXPECT=1 takes over what was found",
        path.display()
    );
}

fn row(table: &mut String, from: &str, to: &str, diff: &Diff) {
    let count = |severity| {
        let findings = diff.findings.iter();
        findings
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let [breaking, risky, info] = [Severity::Breaking, Severity::Risky, Severity::Info].map(count);
    let extent = diff.new;
    writeln!(
        table,
        "| {from} → {to} | {} | {} | {} | {breaking} | {risky} | {info} |",
        extent.commands, extent.events, extent.paths
    )
    .expect("a String takes any text");
}

fn table(title: &str, history: &History) -> String {
    let mut table = format!(
        "\n## {title}\n\n| releases | commands | events | paths | breaking | risky | info |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    );
    for pair in history.releases().windows(2) {
        if let [old, new] = pair
            && let Some(diff) = &new.diff
        {
            row(&mut table, &old.name, &new.name, diff);
        }
    }
    table
}

#[test]
fn each_release_is_compared_with_the_next() {
    let (Some(qmp), Some(qga)) = (shared("corpus/qmp"), shared("corpus/qga")) else {
        return;
    };
    let (qmp, qga) = (history(&qmp), history(&qga));
    assert!(qmp.releases().len() >= 36 && qga.releases().len() >= 40);
    let introduction = "# Releases of QEMU, each compared with the one before\n\n\
        How much the later of two releases puts on the wire, and how many findings of which severity there are. A change \
        in a\ntype that is used at many places is one finding. `UPDATE_EXPECT=1 cargo test -p qapi-diff --test corpus` \
        writes this file.\n";
    let tables = [
        table("The machine protocol", &qmp),
        table("The guest agent", &qga),
    ];
    check("RELEASES.md", &(introduction.to_owned() + &tables.concat()));
}

#[test]
fn comments_of_the_guest_agent_agree_with_its_history_but_where_listed() {
    let Some(folder) = shared("corpus/qga") else {
        return;
    };
    let history = history(&folder);
    let last = history.releases().len() - 1;
    let audit = history
        .audit(last)
        .expect("releases are named after their versions");
    let commands = history.releases()[last].wire.commands().len();
    assert!(
        audit.claims > commands,
        "only {} statements about {commands} commands",
        audit.claims
    );
    let prefix = format!("{}/", folder.display());
    let lines = audit.mismatches.iter().map(|mismatch| {
        let line = mismatch.to_string();
        format!("{}\n", line.strip_prefix(&prefix).unwrap_or(&line))
    });
    check("tests/since-qga.txt", &lines.collect::<String>());
}

#[test]
fn comments_of_our_own_schemas_agree_with_their_history() {
    let history = history(Path::new("../schema"));
    let last = history.releases().len() - 1;
    let audit = history.audit(last).expect("they are named after versions");
    assert!(audit.claims > 90, "only {} statements", audit.claims);
    let lines = audit.mismatches.iter().map(ToString::to_string);
    assert_eq!(lines.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn the_history_of_a_path_is_that_of_the_manual() {
    let (Some(qmp), Some(qga)) = (shared("corpus/qmp"), shared("corpus/qga")) else {
        return;
    };
    // The first release that has it, out of those that were collected.
    let cases = [
        (&qga, "guest-exec", "2.6"),
        (&qga, "guest-exec.arguments.capture-output", "2.6"),
        (&qga, "guest-exec.arguments.capture-output=separated", "8.2"),
        (
            &qga,
            "guest-fsfreeze-freeze-list.arguments.mountpoints",
            "2.2",
        ),
        (&qmp, "blockdev-add", "1.7"),
        (&qmp, "blockdev-add.arguments[qcow2].encrypt", "2.10"),
        (&qmp, "query-cpus-fast", "2.12"),
        (&qmp, "JOB_STATUS_CHANGE.data.status=concluded", "3.0"),
    ];
    let histories = [history(&qmp), history(&qga)];
    for (folder, path, first) in cases {
        let history = &histories[usize::from(*folder == qga)];
        let line = history
            .find(path)
            .unwrap_or_else(|| panic!("there is no {path}"));
        assert_eq!(history.releases()[line.first()].name, first, "{path}");
    }
    let gone = histories[0].find("query-cpus").expect("it was there once");
    assert_eq!(histories[0].releases()[gone.last()].name, "5.2");
}
