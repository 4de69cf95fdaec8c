//! What versions are called.

use std::path::Path;

/// The version that a path names: `10.2` for `qga-10.2.json`, `v9.2.0/qapi/schema.json` and `10.2/qapi`.
///
/// The innermost part of the path counts that has a number behind its beginning, a `-`, a `_` or a `v`.
pub(crate) fn of_path(path: &Path) -> Option<String> {
    path.ancestors().find_map(of_file)
}

/// The version that the last part of a path names.
pub(crate) fn of_file(path: &Path) -> Option<String> {
    let is_schema = path.extension().is_some_and(|it| it == "json");
    let name = if is_schema {
        path.file_stem()
    } else {
        path.file_name()
    };
    of_name(&name?.to_string_lossy())
}

fn of_name(name: &str) -> Option<String> {
    let starts = name
        .match_indices(|c: char| c.is_ascii_digit())
        .map(|(start, _)| start);
    let mut fitting = starts.filter(|start| starts_version(&name[..*start]));
    fitting.next().map(|start| name[start..].to_owned())
}

/// Whether a number behind this is a version.
fn starts_version(before: &str) -> bool {
    let before = before.strip_suffix(['v', 'V']).unwrap_or(before);
    before.is_empty() || before.ends_with(['-', '_', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(path: &str) -> Option<String> {
        of_path(Path::new(path))
    }

    #[test]
    fn files_and_folders_name_their_version() {
        let cases = [
            ("schema/qga-10.2.json", "10.2"),
            ("2.11.json", "2.11"),
            ("qmp/9.2/qapi/qapi-schema.json", "9.2"),
            ("qmp/9.2", "9.2"),
            ("v9.2.0-rc1/qapi", "9.2.0-rc1"),
            ("2015-05-flat.json", "2015-05-flat"),
        ];
        for (path, version) in cases {
            assert_eq!(named(path).as_deref(), Some(version), "{path}");
        }
        for path in ["schema.json", "x86.json", "..", "/"] {
            assert_eq!(named(path), None, "{path}");
        }
    }
}
