//! Where two JSON values differ, for messages about long ones.

use serde_json::Value;

/// Each place at which two values differ, with what stands there: theirs, then ours.
pub(crate) fn unlike(theirs: &Value, ours: &Value) -> Vec<String> {
    let mut places = Vec::new();
    walk("", Some(theirs), Some(ours), &mut places);
    places
}

fn walk(at: &str, theirs: Option<&Value>, ours: Option<&Value>, places: &mut Vec<String>) {
    match (theirs, ours) {
        (Some(Value::Object(theirs)), Some(Value::Object(ours))) => {
            let new = ours.keys().filter(|name| !theirs.contains_key(*name));
            for name in theirs.keys().chain(new) {
                let at = format!("{at}/{name}");
                walk(&at, theirs.get(name), ours.get(name), places);
            }
        }
        (Some(Value::Array(theirs)), Some(Value::Array(ours))) => {
            for index in 0..theirs.len().max(ours.len()) {
                let at = format!("{at}/{index}");
                walk(&at, theirs.get(index), ours.get(index), places);
            }
        }
        (theirs, ours) if theirs == ours => {}
        (theirs, ours) => {
            let text =
                |value: Option<&Value>| value.map_or_else(|| "nothing".into(), Value::to_string);
            places.push(format!("{at}: {} | {}", text(theirs), text(ours)));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn places_are_told_with_both_values() {
        let theirs = json!({"a": [1, {"b": 2}], "c": 3, "d": null});
        let ours = json!({"d": null, "a": [1, {"b": "2"}, 4]});
        assert_eq!(
            unlike(&theirs, &ours),
            ["/a/1/b: 2 | \"2\"", "/a/2: nothing | 4", "/c: 3 | nothing"]
        );
    }
}
