//! The page of a history in a real browser: what it shows for an address, after a click and a key, and that nothing in
//! a schema becomes more than text.
//!
//! A script that is put behind the page stands for the hands of a user.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use qapi_tests::need;

/// A page in a folder of its own, with the browser to look at it.
struct Page {
    folder: tempfile::TempDir,
    browser: PathBuf,
    html: String,
}

impl Page {
    /// The page of schemas, if there is a browser.
    fn of(schemas: &[&Path], arguments: &[&str]) -> Option<Self> {
        let browser = need::tool("chromium")?;
        let folder = tempfile::tempdir().expect("a folder for the page");
        let html = page(schemas, arguments);
        Some(Self {
            folder,
            browser,
            html,
        })
    }

    /// The page of the greenhouse.
    fn of_greenhouse() -> Option<Self> {
        Self::of(
            &[&file("greenhouse-1.0.json"), &file("greenhouse-2.0.json")],
            &[],
        )
    }

    /// What the browser has made of the page at an address, after a script of the user.
    fn show(&self, fragment: &str, script: &str) -> String {
        let path = self.folder.path().join("page.html");
        let page = format!("{}<script>\n{script}\n</script>\n", self.html);
        fs::write(&path, page).expect("the page can be written");
        let output = Command::new(&self.browser)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--dump-dom",
            ])
            .args(["--window-size=390,844", "--virtual-time-budget=10000"])
            .arg(format!(
                "--user-data-dir={}",
                self.folder.path().join("profile").display()
            ))
            .arg(format!("file://{}#{fragment}", path.display()))
            .output()
            .expect("the browser starts");
        let dom = String::from_utf8(output.stdout).expect("a page is text");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(dom.contains("</html>"), "the browser shows nothing: {said}");
        dom
    }
}

/// The HTML of a history.
fn page(schemas: &[&Path], arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_qapi"))
        .args(["history", "--format", "html"])
        .args(arguments)
        .args(schemas)
        .output()
        .expect("the program starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("a page is text")
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/files")
        .join(name)
}

/// The definitions that are shown, as their names are marked up.
fn shown(dom: &str) -> Vec<&str> {
    let items = dom.split("<li").skip(1);
    let rows = items.filter(|item| item.contains("<button type=\"button\" class=\"row"));
    let is_visible = |item: &&str| {
        item.split('>')
            .next()
            .is_some_and(|tag| !tag.contains("hidden"))
    };
    let name = |item| between(item, "<span class=\"name\">", "</span><span class=\"kind\"");
    rows.filter(is_visible).filter_map(name).collect()
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}

/// The text in the DOM, without its elements.
fn text(dom: &str) -> String {
    let main = between(dom, "<main>", "</main>").expect("the page has a main part");
    let mut pieces = main.split('<');
    let first = pieces.next().unwrap_or_default().to_owned();
    first
        + &pieces
            .filter_map(|piece| piece.split_once('>'))
            .map(|(_, text)| text)
            .collect::<Vec<_>>()
            .join("")
}

#[test]
fn everything_is_shown_at_first() {
    let Some(page) = Page::of_greenhouse() else {
        return;
    };
    let dom = page.show("", "");
    assert_eq!(
        shown(&dom),
        ["STORM", "get-windows", "move-window", "water"]
    );
    assert!(dom.contains("2 versions, 3 commands, 1 event, from 1.0 to 2.0"));
    assert!(
        dom.contains("aria-label=\"came in 1.0, breaking change in 2.0\""),
        "{}",
        text(&dom)
    );
    assert!(!dom.contains("class=\"detail\""));
}

#[test]
fn the_address_searches_and_filters() {
    let Some(page) = Page::of_greenhouse() else {
        return;
    };
    let cases: [(&str, &[&str]); 6] = [
        ("q=water", &["<mark>water</mark>"]),
        ("q=MATERIAL", &["get-windows"]),
        ("kind=event", &["STORM"]),
        ("severity=breaking", &["move-window"]),
        ("in=1.0", &[]),
        (
            "in=2.0&kind=command&severity=info",
            &["get-windows", "move-window", "water"],
        ),
    ];
    for (address, expected) in cases {
        let dom = page.show(address, "");
        assert_eq!(shown(&dom), expected, "{address}");
        assert!(
            dom.contains(&format!("{} of 4 definitions", expected.len())),
            "{address}"
        );
    }
}

#[test]
fn what_is_open_shows_members_with_their_version() {
    let Some(page) = Page::of_greenhouse() else {
        return;
    };
    let dom = page.show("open=get-windows", "");
    let text = text(&dom);
    for words in [
        "All windows.",
        "Returns: the windows",
        "return [object] since 1.0",
        "material enum since 2.0",
        "=glass since 2.0",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(
        text.contains("2.0+get-windows.return.material: enum required-member-added"),
        "{text}"
    );
    let text = self::text(&page.show("open=move-window", ""));
    assert!(
        text.contains("arguments.slowly optional bool since 1.0 until 2.0"),
        "{text}"
    );
    assert!(
        text.contains(
            "move-window.arguments.open: optional uint8 -&gt; uint8 member-made-required, breaking"
        ),
        "{text}"
    );
}

#[test]
fn a_member_is_in_no_feature_that_stands_before_it() {
    let Some(page) = Page::of(&[&file("hostile.json")], &["--as", "1"]) else {
        return;
    };
    let text = text(&page.show("open=draw", ""));
    assert!(
        text.contains("Members#unstable since 1arguments.x str since 1"),
        "{text}"
    );
}

#[test]
fn clicks_and_keys_lead_to_addresses() {
    let Some(page) = Page::of_greenhouse() else {
        return;
    };
    let after = |script: &str| {
        page.show(
            "",
            &format!("{script}\ndocument.body.dataset.hash = location.hash;"),
        )
    };
    let press = |key: &str| {
        format!(
            "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true }}));"
        )
    };

    let dom = after("document.querySelectorAll('.row')[2].click();");
    assert!(dom.contains("data-hash=\"#open=move-window\""));
    assert!(text(&dom).contains("Opens or closes a window."));
    let dom = after(
        "document.querySelectorAll('.row')[2].click(); document.querySelectorAll('.row')[2].click();",
    );
    assert!(dom.contains("data-hash=\"\"") && !dom.contains("class=\"detail\""));

    let dom = after("q.value = 'litres'; q.dispatchEvent(new Event('input'));");
    assert!(dom.contains("data-hash=\"#q=litres\""));
    assert_eq!(shown(&dom), ["water"]);

    let focus = "document.body.dataset.focus = document.activeElement.id || document.activeElement.textContent;";
    assert!(after(&format!("{}{focus}", press("/"))).contains("data-focus=\"q\""));
    let keys = [
        press("ArrowDown"),
        press("ArrowDown"),
        press("ArrowUp"),
        press("ArrowDown"),
    ]
    .concat();
    assert!(after(&format!("{keys}{focus}")).contains("data-focus=\"get-windows"));
}

#[test]
fn nothing_in_a_schema_becomes_markup() {
    let hostile = file("hostile.json");
    let arguments = ["--title", "</title><img src=x>", "--as", "<b>1</b>,2"];
    let Some(page) = Page::of(&[&hostile, &file("greenhouse-1.0.json")], &arguments) else {
        return;
    };
    let dom = page.show(
        "open=draw",
        "document.body.dataset.hacked = String(window.hacked);",
    );
    assert!(dom.contains("data-hacked=\"undefined\""));
    assert!(
        !dom.contains("<img") && !dom.contains("<b>"),
        "{}",
        text(&dom)
    );
    assert!(
        text(&dom).contains("&lt;img src=x onerror=\"hacked = 1\"&gt;"),
        "{}",
        text(&dom)
    );
    assert!(dom.contains("<h1>&lt;/title&gt;&lt;img src=x&gt;</h1>"));
}

#[test]
fn the_history_of_all_releases_is_a_page_for_a_telephone() {
    let (Some(corpus), Some(_)) = (need::corpus(), need::tool("chromium")) else {
        return;
    };
    let Some(page) = Page::of(&[&corpus.join("qmp")], &[]) else {
        return;
    };
    let size = page.html.len();
    assert!(size < 2_000_000, "{size} bytes");
    let measure = "document.body.dataset.width = document.documentElement.scrollWidth - document.documentElement.clientWidth;";
    let dom = page.show("q=nbd&open=blockdev-add", measure);
    assert!(
        dom.contains("data-width=\"0\""),
        "the page is wider than the window"
    );
    assert!(shown(&dom).contains(&"blockdev-add"));
}

#[test]
fn the_page_knows_the_paths_that_the_lines_name() {
    let Some(corpus) = need::corpus() else { return };
    let html = page(&[&corpus.join("qmp")], &[]);
    let data = between(&html, "type=\"application/json\">", "</script>").expect("it has data");
    let data: serde_json::Value = serde_json::from_str(data).expect("the data is JSON");
    let mut on_page = BTreeSet::new();
    for definition in data["definitions"].as_array().expect("a list") {
        let name = definition["name"].as_str().expect("a name");
        let mut paths: Vec<String> = Vec::new();
        for member in definition["members"].as_array().expect("a list") {
            let parent = member[0].as_u64().and_then(|row| usize::try_from(row).ok());
            let above = parent.map_or(name, |row| &paths[row]);
            paths.push(format!("{above}{}", member[1].as_str().expect("a label")));
        }
        on_page.insert(name.to_owned());
        on_page.extend(paths);
    }
    let output = Command::new(env!("CARGO_BIN_EXE_qapi"))
        .arg("history")
        .arg(corpus.join("qmp"))
        .output();
    let lines =
        String::from_utf8(output.expect("the program starts").stdout).expect("lines are text");
    let entries = lines
        .lines()
        .filter(|line| line.starts_with(['+', '-', '~']));
    let path = |line: &str| {
        line.split(' ')
            .nth(2)
            .map(|path| path.trim_end_matches(':').to_owned())
    };
    let in_lines: BTreeSet<_> = entries.filter_map(path).collect();
    assert!(on_page.len() > 20_000, "{}", on_page.len());
    assert_eq!(
        on_page.symmetric_difference(&in_lines).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
}
