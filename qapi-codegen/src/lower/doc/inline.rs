//! What stands inside a paragraph: literals, references, emphasis, addresses.

/// Turns the markup of one paragraph into markdown; `resolve` finds the Rust path of a name.
pub(super) fn markdown(text: &str, resolve: &dyn Fn(&str) -> Option<String>) -> String {
    let mut inline = Inline {
        text,
        at: 0,
        out: String::new(),
        resolve,
    };
    inline.run();
    inline.out
}

struct Inline<'t, 'r> {
    text: &'t str,
    at: usize,
    out: String,
    resolve: &'r dyn Fn(&str) -> Option<String>,
}

impl<'t> Inline<'t, '_> {
    fn run(&mut self) {
        while let Some(next) = self.rest().chars().next() {
            let done = match next {
                '`' => self.literal() || self.reference(),
                ':' => self.role(),
                '@' => self.member(),
                '*' => self.emphasis(),
                'h' => self.address(),
                _ => false,
            };
            if !done {
                self.plain(next);
            }
        }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn previous(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    fn next(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    fn at_line_start(&self) -> bool {
        self.previous().is_none_or(|c| c == '\n')
    }

    /// The text between `open` here and the next `close`.
    fn between(&self, open: &str, close: &str) -> Option<&'t str> {
        let inner = self.rest().strip_prefix(open)?;
        let inner = &inner[..inner.find(close)?];
        (!inner.trim().is_empty()).then_some(inner)
    }

    /// Two back quotes around a literal.
    fn literal(&mut self) -> bool {
        let Some(inner) = self.between("``", "``") else {
            return false;
        };
        self.at += inner.len() + 4;
        self.code(inner);
        true
    }

    /// One back quote around a name, or around text and an address.
    fn reference(&mut self) -> bool {
        let Some(inner) = self.between("`", "`") else {
            return false;
        };
        self.at += inner.len() + 2;
        self.target(inner);
        if self.rest().starts_with('_') {
            self.at += self.rest().len() - self.rest().trim_start_matches('_').len();
        }
        true
    }

    /// A role and the name or text that it applies to.
    fn role(&mut self) -> bool {
        let is_role = |c: char| c.is_ascii_alphanumeric() || "-:+_".contains(c);
        let Some((role, _)) = self.rest()[1..].split_once(":`") else {
            return false;
        };
        if role.is_empty() || !role.chars().all(is_role) {
            return false;
        }
        self.at += role.len() + 2;
        self.reference()
    }

    /// `inner` is a name, or text followed by an address in angle brackets.
    fn target(&mut self, inner: &str) {
        match inner
            .strip_suffix('>')
            .and_then(|inner| inner.split_once('<'))
        {
            Some((text, address)) if is_address(address) => {
                let text = escaped(text.trim());
                self.out += &format!("[{text}](<{address}>)");
            }
            Some((text, _)) => self.out += &escaped(text.trim()),
            None => self.name(inner),
        }
    }

    /// `@` and a name.
    fn member(&mut self) -> bool {
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        let rest = &self.rest()[1..];
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let name = rest[..end].trim_end_matches(['-', '_']);
        if name.is_empty() || self.previous().is_some_and(char::is_alphanumeric) {
            return false;
        }
        self.at += 1 + name.len();
        self.name(name);
        true
    }

    /// Stars that hug their text mark emphasis; any other is a star.
    fn emphasis(&mut self) -> bool {
        let mark = if self.rest().starts_with("**") {
            "**"
        } else {
            "*"
        };
        let Some(inner) = self.between(mark, mark) else {
            return false;
        };
        let after = self.rest()[mark.len() * 2 + inner.len()..].chars().next();
        let hugs = !inner.starts_with(char::is_whitespace) && !inner.ends_with(char::is_whitespace);
        let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '*');
        if !hugs || !apart(self.previous()) || !apart(after) {
            return false;
        }
        self.at += mark.len() * 2 + inner.len();
        self.out += &format!("{mark}{}{mark}", escaped(inner));
        true
    }

    /// A bare address, which rustdoc wants in angle brackets.
    fn address(&mut self) -> bool {
        if !is_address(self.rest()) || self.previous().is_some_and(char::is_alphanumeric) {
            return false;
        }
        let is_end = |c: char| c.is_whitespace() || "<>\"'`".contains(c);
        let end = self
            .rest()
            .find(is_end)
            .unwrap_or_else(|| self.rest().len());
        let address = self.rest()[..end].trim_end_matches(['.', ',', ';', ':', ')', '!', '?']);
        self.at += address.len();
        self.out += &format!("<{address}>");
        true
    }

    /// A name that may be one of ours.
    fn name(&mut self, name: &str) {
        match (self.resolve)(name) {
            Some(path) if path == name => self.out += &format!("[`{name}`]"),
            Some(path) => self.out += &format!("[`{name}`]({path})"),
            None => self.code(name),
        }
    }

    fn code(&mut self, inner: &str) {
        let inner = inner.replace('\n', " ");
        let inner = inner.trim();
        let out = if inner.contains('`') {
            format!("`` {inner} ``")
        } else {
            format!("`{inner}`")
        };
        self.out += &out;
    }

    fn plain(&mut self, next: char) {
        if self.needs_escape(next) {
            self.out.push('\\');
        }
        self.at += next.len_utf8();
        // A control character other than the end of a line has no place in a comment.
        self.out.push(if next.is_control() && next != '\n' {
            ' '
        } else {
            next
        });
    }

    /// Whether markdown would take a character for markup.
    fn needs_escape(&self, next: char) -> bool {
        let follows = |test: fn(char) -> bool| self.next().is_some_and(test);
        match next {
            '`' | '\\' | '[' | '~' | '*' => true,
            '<' => follows(|c| c.is_ascii_alphabetic() || "/!?".contains(c)),
            '&' => follows(|c| c.is_ascii_alphanumeric() || c == '#'),
            '_' => {
                let inside = self.previous().is_some_and(char::is_alphanumeric);
                !(inside && follows(char::is_alphanumeric))
            }
            '>' | '#' | '|' | '=' | '+' | '-' => self.at_line_start(),
            '.' | ')' => self.ends_list_number() && self.next().is_none_or(char::is_whitespace),
            _ => false,
        }
    }

    /// Whether the line so far is a number.
    fn ends_list_number(&self) -> bool {
        let line = self.text[..self.at].rsplit('\n').next().unwrap_or_default();
        !line.is_empty() && line.chars().all(|c| c.is_ascii_digit())
    }
}

fn is_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// Text without any markup of its own.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if "`\\[]<>*_~&".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    fn markdown(text: &str) -> String {
        super::markdown(text, &|name| match name {
            "Type" => Some("Type".to_owned()),
            "do-it" => Some("Service::do_it".to_owned()),
            _ => None,
        })
    }

    #[test]
    fn names_become_links_or_code() {
        assert_eq!(markdown("see `Type`"), "see [`Type`]");
        assert_eq!(markdown("see `do-it`."), "see [`do-it`](Service::do_it).");
        assert_eq!(markdown("@offset's"), "`offset`'s");
        assert_eq!(markdown("of @Type"), "of [`Type`]");
        assert_eq!(markdown(":qapi:cmd:`do-it`"), "[`do-it`](Service::do_it)");
        assert_eq!(markdown("a@b.c"), "a@b.c");
    }

    #[test]
    fn literals_become_code() {
        assert_eq!(markdown("``a <b> [c]``"), "`a <b> [c]`");
        assert_eq!(markdown("``a\nb``"), "`a b`");
        assert_eq!(markdown("a ` b"), "a \\` b");
    }

    #[test]
    fn addresses_are_bracketed() {
        assert_eq!(
            markdown("(see https://x.org/a_b)."),
            "(see <https://x.org/a_b>)."
        );
        assert_eq!(
            markdown("`text <https://x.org>`_"),
            "[text](<https://x.org>)"
        );
        assert_eq!(markdown(":doc:`The spec </interop/spec>`"), "The spec");
    }

    #[test]
    fn what_looks_like_markup_is_escaped() {
        assert_eq!(
            markdown("a[0] <b> SEEK_* x_y _z &lt; < 3"),
            "a\\[0] \\<b> SEEK\\_\\* x_y \\_z \\&lt; < 3"
        );
        assert_eq!(
            markdown("a\n# b\n2. c\n- d\n+ e"),
            "a\n\\# b\n2\\. c\n\\- d\n\\+ e"
        );
    }

    #[test]
    fn emphasis_stays() {
        assert_eq!(
            markdown("this *request* and **that**"),
            "this *request* and **that**"
        );
        assert_eq!(markdown("2 * 3 * 4"), "2 \\* 3 \\* 4");
    }
}
