//! "Did you mean": the candidate that a misspelled name resembles most.

/// Names longer than this are not compared: distance takes quadratic time.
const LONGEST: usize = 64;

/// How many comparisons one run makes, so that a file full of mistakes does not
/// take quadratic time.
const COMPARISONS: usize = 500_000;

/// The candidate closest to `name`, if one is close enough to be what was meant.
///
/// For tools that read names from elsewhere than a schema:
///
/// ```
/// use qapi_parser::similar;
///
/// let commands = ["query-block", "query-status"];
/// assert_eq!(similar("query-blok", commands).as_deref(), Some("query-block"));
/// assert_eq!(similar("quit", commands), None);
/// ```
pub fn similar<'n>(name: &str, candidates: impl IntoIterator<Item = &'n str>) -> Option<String> {
    Similar::default().to(name, candidates)
}

/// Finds similar names, within a budget.
#[derive(Debug)]
pub(crate) struct Similar {
    left: usize,
}

impl Default for Similar {
    fn default() -> Self {
        Self { left: COMPARISONS }
    }
}

impl Similar {
    /// The candidate closest to `name`, if one is close enough to be what was meant.
    pub(crate) fn to<'n>(
        &mut self,
        name: &str,
        candidates: impl IntoIterator<Item = &'n str>,
    ) -> Option<String> {
        if name.is_empty() || name.len() > LONGEST {
            return None;
        }
        let tolerated = (name.chars().count() / 3).max(1);
        let mut best: Option<(usize, &str)> = None;
        for candidate in candidates {
            self.left = self.left.checked_sub(1)?;
            if candidate.len().abs_diff(name.len()) > tolerated || candidate.len() > LONGEST {
                continue;
            }
            let distance = distance(name, candidate);
            if distance <= tolerated && best.is_none_or(|(least, _)| distance < least) {
                best = Some((distance, candidate));
            }
        }
        best.map(|(_, candidate)| candidate.to_owned())
    }
}

/// The edit distance; letter case counts for less than a letter.
fn distance(name: &str, candidate: &str) -> usize {
    if name.eq_ignore_ascii_case(candidate) {
        return 0;
    }
    strsim::osa_distance(name, candidate)
}

/// The words of a help line for what [`Similar::to`] found.
pub(crate) fn did_you_mean(similar: Option<&str>) -> Option<String> {
    similar.map(|name| format!("did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closest_candidate_wins() {
        assert_eq!(
            similar("dta", ["base", "data", "date"]).as_deref(),
            Some("data")
        );
        assert_eq!(
            similar("guestinfo", ["GuestInfo", "guestinfos"]).as_deref(),
            Some("GuestInfo")
        );
    }

    #[test]
    fn far_candidates_are_not_offered() {
        assert_eq!(similar("foo", ["bar", "features"]), None);
        assert_eq!(similar("", ["a"]), None);
    }

    #[test]
    fn budget_ends() {
        let mut similar = Similar { left: 1 };
        assert_eq!(similar.to("aa", ["ab"]).as_deref(), Some("ab"));
        assert_eq!(similar.to("aa", ["ab"]), None);
    }
}
