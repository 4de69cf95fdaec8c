//! The code of every golden, compiled.

#![allow(dead_code, reason = "not every setter of every golden is used")]

macro_rules! golden {
    ($($name:ident: $path:literal,)*) => {
        $(
            #[doc = concat!("Generated: ", $path)]
            pub mod $name {
                include!($path);
            }
        )*
    };
}

golden! {
    alternate: "../golden/alternate/expected.rs",
    asynchronous: "../golden/asynchronous/expected.rs",
    borrow: "../golden/borrow/expected.rs",
    commands: "../golden/commands/expected.rs",
    conditions: "../golden/conditions/expected.rs",
    docs: "../golden/docs/expected.rs",
    docs_summary: "../golden/docs-summary/expected.rs",
    enum_: "../golden/enum/expected.rs",
    events: "../golden/events/expected.rs",
    features: "../golden/features/expected.rs",
    historical: "../golden/historical/expected.rs",
    hooks: "../golden/hooks/expected.rs",
    modules: "../golden/modules/expected.rs",
    names: "../golden/names/expected.rs",
    names_chosen: "../golden/names-chosen/expected.rs",
    open: "../golden/open/expected.rs",
    optional: "../golden/optional/expected.rs",
    parts: "../golden/parts/expected.rs",
    recursion: "../golden/recursion/expected.rs",
    replace: "../golden/replace/expected.rs",
    struct_: "../golden/struct/expected.rs",
    subset: "../golden/subset/expected.rs",
    upload: "../golden/upload/expected.rs",
    union_base: "../golden/union-base/expected.rs",
    union_nested: "../golden/union-nested/expected.rs",
    union_tag_only: "../golden/union-tag-only/expected.rs",
}

/// Generated without documentation.
#[allow(missing_docs, reason = "that is what was asked for")]
pub mod docs_none {
    include!("../golden/docs-none/expected.rs");
}
