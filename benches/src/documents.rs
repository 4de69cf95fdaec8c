//! The tables in the documents, which are those that this command prints.

use std::error::Error;
use std::fs;
use std::process::Command;

use crate::schema;
use crate::table::Table;

/// Where there is such a table, and whether all rows are in it or those that a reader wants first.
const DOCUMENTS: [(&str, &[&str]); 2] = [("benches/README.md", &[]), ("README.md", FIRST)];

/// What a reader wants first.
const FIRST: &[&str] = &[
    "agent/ping",
    "agent/pings-in-one-write",
    "agent/file-read-1m",
    "agent/file-read-48m",
    "agent/file-write-1m",
    "agent/file-write-16m",
    "agent/memory-peak",
    "agent/memory-idle",
    "agent/start",
    "agent/exec",
];

/// What stands before a table.
const BEGIN: &str = "<!-- measured -->\n";

/// What stands behind it.
const END: &str = "<!-- end of what was measured -->\n";

/// Puts the table into all documents.
pub(crate) fn write(table: &Table, sides: &[String]) -> Result<(), Box<dyn Error>> {
    for (name, first) in DOCUMENTS {
        let path = schema::workspace().join(name);
        let text = fs::read_to_string(&path)?;
        let (before, _, after) =
            split(&text).ok_or_else(|| format!("{name} has no place for it"))?;
        let rows = table.markdown(|row| first.is_empty() || first.contains(&row));
        let measured = format!("{}\n\n{rows}", circumstances(sides)?);
        fs::write(path, format!("{before}{BEGIN}{measured}{END}{after}"))?;
    }
    Ok(())
}

/// When, where and what was measured.
pub(crate) fn circumstances(sides: &[String]) -> Result<String, Box<dyn Error>> {
    let date = Command::new("date").args(["-u", "+%Y-%m-%d"]).output()?;
    let date = String::from_utf8(date.stdout)?;
    let processors = fs::read_to_string("/proc/cpuinfo")?;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let mut lines = vec![format!(
        "Measured on {}, {}, Linux {}.",
        date.trim(),
        describe(&processors),
        kernel.trim()
    )];
    lines.extend(sides.iter().map(|side| format!("{side}.")));
    Ok(lines.join("\n"))
}

/// How many processors there are, and of which model.
fn describe(cpuinfo: &str) -> String {
    let value = |line: &str| Some(line.split_once(':')?.1.trim().to_owned());
    let models = cpuinfo.lines().filter(|it| it.starts_with("model name"));
    let count = models.clone().count();
    match models.filter_map(value).next() {
        Some(model) => format!("{count} × {model}"),
        None => "an unknown processor".to_owned(),
    }
}

/// What stands before a table, in it and behind it.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (table, after) = rest.split_once(END)?;
    Some((before, table, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows;

    /// The names in the first column of a table.
    fn names(table: &str) -> Vec<&str> {
        let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
        rows.filter_map(|row| Some(row.split_once('`')?.0))
            .collect()
    }

    #[test]
    fn documents_have_the_rows_that_are_measured() {
        for (name, first) in DOCUMENTS {
            let text = fs::read_to_string(schema::workspace().join(name));
            let text = text.expect("the document is there");
            let (_, table, _) = split(&text).expect("it has a place for the table");
            let all = rows::all().map(|it| it.name);
            let expected = all.filter(|it| first.is_empty() || first.contains(it));
            assert_eq!(names(table), expected.collect::<Vec<_>>(), "{name}");
            assert!(table.starts_with("Measured on 20"), "{name}");
            assert!(
                table.contains(&Table::default().markdown(|_| true)),
                "{name}"
            );
        }
    }

    #[test]
    fn processors_are_counted() {
        let text = "processor: 0\nmodel name\t: Some CPU @ 2 GHz\n\nprocessor: 1\nmodel name\t: Some CPU @ 2 GHz\n";
        assert_eq!(describe(text), "2 × Some CPU @ 2 GHz");
        assert_eq!(describe(""), "an unknown processor");
    }
}
