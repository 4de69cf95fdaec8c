//! What the documentation shows is made by the program: the page of the guest agent's history, beside its schemas.
//!
//! `UPDATE_EXPECT=1` writes it instead of comparing it.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

#[test]
fn the_page_of_the_guest_agent_is_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema");
    let page = folder.join("history.html");
    let output = Command::new(env!("CARGO_BIN_EXE_qapi"))
        .args([
            "history",
            "--format",
            "html",
            "--title",
            "History of the QEMU guest agent",
        ])
        .arg(&folder)
        .output()
        .expect("the program starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    if env::var_os("UPDATE_EXPECT").is_some_and(|update| update == "1") {
        fs::write(&page, output.stdout).expect("the page can be written");
        return;
    }
    let found = fs::read(&page).unwrap_or_default();
    assert!(
        found == output.stdout,
        "{} is not what `qapi history` makes: UPDATE_EXPECT=1 writes it",
        page.display()
    );
}
