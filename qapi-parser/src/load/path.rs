//! Which paths lead to the same schema file.

use std::path::{Component, Path, PathBuf};

/// What tells files apart: the absolute path, without following links, so that
/// every reader of the schema comes to the same answer.
pub(super) fn identity(path: &Path) -> PathBuf {
    normalised(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
}

/// The path without `.` and, as far as its text allows, without `..`.
pub(super) fn normalised(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(normal.components().next_back(), Some(Component::Normal(_))) =>
            {
                normal.pop();
            }
            Component::ParentDir if normal.has_root() => {}
            _ => normal.push(component),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalised_by_their_text() {
        for (path, normal) in [
            ("a/./b/../c", "a/c"),
            ("../a", "../a"),
            ("a/../../b", "../b"),
            ("/../a", "/a"),
        ] {
            assert_eq!(normalised(Path::new(path)), Path::new(normal), "{path}");
        }
    }
}
