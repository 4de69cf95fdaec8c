//! What holds for any two schemas.

use proptest::prelude::*;
use qapi_diff::{Diff, History, Wire, diff};

mod model;

use model::{Style, model, style};

const PLAIN: Style = Style {
    prefix: "Plain",
    is_reversed: false,
    in_base: 0,
    is_named: false,
};

/// What findings are about, without grades: those depend on what the older schema says.
fn mirrored(diff: &Diff, back: bool) -> Vec<String> {
    let mut findings: Vec<_> = diff
        .findings
        .iter()
        .map(|it| {
            let rule = if back { it.rule.mirror } else { it.rule.id };
            let (old, new) = if back {
                (&it.new, &it.old)
            } else {
                (&it.old, &it.new)
            };
            format!(
                "{rule} {} {} {old:?} {new:?} {:?}",
                it.path, it.direction, it.reaches
            )
        })
        .collect();
    findings.sort();
    findings
}

proptest! {
    // A case is several schemas, each written, loaded and compared.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_schema_does_not_differ_from_itself(model in model()) {
        let schema = model.load(PLAIN);
        let found = diff(&schema, &schema).findings;
        prop_assert!(found.is_empty(), "{found:#?}");
    }

    #[test]
    fn the_way_it_is_written_makes_no_difference(model in model(), one in style(), other in style()) {
        let (one, other) = (model.load(one), model.load(other));
        let found = diff(&one, &other).findings;
        prop_assert!(found.is_empty(), "{found:#?}");
        let lines = |wire: &Wire| wire.entries().take(1000).map(|it| it.to_string()).collect::<Vec<_>>();
        let (one, other) = (Wire::new(&one), Wire::new(&other));
        prop_assert_eq!(lines(&one), lines(&other));
    }

    #[test]
    fn the_way_back_is_the_mirror_image(old in model(), new in model()) {
        let (old, new) = (old.load(PLAIN), new.load(PLAIN));
        let (there, back) = (diff(&old, &new), diff(&new, &old));
        prop_assert_eq!(mirrored(&there, false), mirrored(&back, true));
    }

    #[test]
    fn the_way_it_is_written_changes_no_finding(old in model(), new in model(), style in style()) {
        let plain = diff(&old.load(PLAIN), &new.load(PLAIN));
        let styled = diff(&old.load(style), &new.load(style));
        let text = |diff: &Diff| diff.findings.iter().map(ToString::to_string).collect::<Vec<_>>();
        prop_assert_eq!(text(&plain), text(&styled));
    }

    #[test]
    fn every_path_of_a_release_is_in_its_history(releases in prop::collection::vec(model(), 1..4)) {
        let schemas: Vec<_> = releases.iter().map(|model| model.load(PLAIN)).collect();
        let history = History::of(schemas.into_iter().enumerate().map(|(index, it)| (format!("{index}.0"), it)));
        for (index, release) in history.releases().iter().enumerate() {
            prop_assert!(release.wire.paths() >= release.wire.entries().take(1000).count().min(999));
            for entry in release.wire.entries().take(1000) {
                let path = entry.path.to_string();
                let line = history.find(&path);
                prop_assert!(line.is_some_and(|line| line.is_in(index)), "{}", path);
            }
        }
        prop_assert!(history.lines().take(1000).all(|(path, line)| history.find(&path.to_string()).is_some_and(|it| it.step == line.step)));
    }
}
