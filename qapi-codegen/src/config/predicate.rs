//! What the compiler can be asked by `#[cfg]`.

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, LitBool, LitStr, Token, parenthesized, token};

/// Whether `text` is `unix`, `feature = "x"`, `true`, or `all`, `any` or `not` of such.
///
/// What is nearly one is found here, where it can be named: without its quotes,
/// `target_os = linux` would be an error in the generated code.
pub(super) fn is_predicate(text: &str) -> bool {
    syn::parse_str::<Predicate>(text).is_ok()
}

struct Predicate;

impl Parse for Predicate {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitBool) {
            return input.parse::<LitBool>().map(|_| Self);
        }
        let name: Ident = input.parse()?;
        if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            input.parse::<LitStr>()?;
        } else if input.peek(token::Paren) {
            let inside;
            parenthesized!(inside in input);
            let operands = Punctuated::<Self, Token![,]>::parse_terminated(&inside)?;
            let is_operator = match name.to_string().as_str() {
                "all" | "any" => true,
                "not" => operands.len() == 1,
                _ => false,
            };
            if !is_operator {
                return Err(input.error("no operator"));
            }
        }
        Ok(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_compiler_understands_is_a_predicate() {
        for text in [
            "unix",
            "true",
            "feature = \"x\"",
            "all()",
            "any(unix, not(target_os = \"macos\"),)",
        ] {
            assert!(is_predicate(text), "{text}");
        }
    }

    #[test]
    fn what_it_refuses_is_none() {
        for text in [
            "",
            "target_os = linux",
            "feature = 1",
            "not()",
            "not(unix, windows)",
            "some(unix)",
            "a::b",
            "a b",
        ] {
            assert!(!is_predicate(text), "{text}");
        }
    }
}
