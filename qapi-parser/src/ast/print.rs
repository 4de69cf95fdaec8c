//! Syntax to text, for tests: what is printed reads as the same syntax.
//!
//! Strings are printed with the one escape of today, so the quote, which needs
//! another one, must not be in them.

use std::fmt::{self, Display, Formatter};

use super::{Value, ValueKind};

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ValueKind::String(text) => print_string(f, text),
            ValueKind::Bool(value) => write!(f, "{value}"),
            ValueKind::Array(elements) => {
                print_list(f, ["[", "]"], elements, |f, element| write!(f, "{element}"))
            }
            ValueKind::Object(object) => print_list(f, ["{", "}"], &object.pairs, |f, pair| {
                print_string(f, &pair.key.text)?;
                write!(f, ": {}", pair.value)
            }),
        }
    }
}

fn print_string(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    write!(f, "'{}'", text.replace('\\', r"\\"))
}

fn print_list<T>(
    f: &mut Formatter<'_>,
    [open, close]: [&str; 2],
    list: &[T],
    print: impl Fn(&mut Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    f.write_str(open)?;
    for (index, element) in list.iter().enumerate() {
        f.write_str(if index == 0 { " " } else { ", " })?;
        print(f, element)?;
    }
    write!(f, " {close}")
}

mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::ast::{Item, Object, Pair, parse};
    use crate::dialect::Dialect;
    use crate::source::{Name, Span};

    fn value(kind: ValueKind) -> Value {
        Value {
            kind,
            span: Span::default(),
        }
    }

    fn object(pairs: Vec<(String, Value)>) -> Value {
        let mut object = Object::default();
        for (text, value) in pairs {
            if object.get(&text).is_none() {
                object.pairs.push(Pair {
                    key: Name {
                        text: text.into(),
                        span: Span::default(),
                    },
                    value,
                });
            }
        }
        value(ValueKind::Object(object))
    }

    /// Any value. Strings lack only the quote, which has no spelling.
    fn any_value() -> impl Strategy<Value = Value> {
        let text = || "[ -&(-~]{0,8}";
        let leaf = prop_oneof![
            text().prop_map(|text| value(ValueKind::String(text.into()))),
            any::<bool>().prop_map(|bool| value(ValueKind::Bool(bool))),
        ];
        leaf.prop_recursive(6, 64, 6, move |inner| {
            prop_oneof![
                vec(inner.clone(), 0..6).prop_map(|list| value(ValueKind::Array(list))),
                vec((text(), inner), 0..6).prop_map(object),
            ]
        })
    }

    fn forget_places(value: &mut Value) {
        value.span = Span::default();
        match &mut value.kind {
            ValueKind::Array(elements) => elements.iter_mut().for_each(forget_places),
            ValueKind::Object(object) => {
                for pair in &mut object.pairs {
                    pair.key.span = Span::default();
                    forget_places(&mut pair.value);
                }
            }
            ValueKind::String(_) | ValueKind::Bool(_) => {}
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_the_same(value in any_value()) {
            for dialect in [Dialect::Current, Dialect::Historical] {
                let text = value.to_string();
                let items: Vec<_> = parse(&text.as_str().into(), 0, dialect.tolerances()).collect();
                let [Ok(Item::Value(read))] = &items[..] else {
                    return Err(TestCaseError::fail(format!("{text} reads as {items:?}")));
                };
                prop_assert_eq!(read.span, Span::within(0, 0, text.len()));
                let mut read = read.clone();
                forget_places(&mut read);
                prop_assert_eq!(&read, &value);
            }
        }
    }
}
