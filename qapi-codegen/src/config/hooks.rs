//! Settings that put code of one's own into the generated code.

use super::Config;

impl Config {
    /// Further traits for types to derive, separated by commas.
    ///
    /// The [pattern](crate#patterns) is `Type`, `command.arguments`,
    /// `EVENT.data` or `Union.branch`. What a type derives already may be named
    /// again. Default: what [`crate`] lists.
    ///
    /// ```
    /// let mut config = qapi_codegen::Config::new();
    /// config.derive("Guest*", "Eq, ::core::hash::Hash");
    /// ```
    pub fn derive(&mut self, pattern: &str, traits: &str) -> &mut Self {
        let rule = (pattern.to_owned(), traits.to_owned());
        self.options.derives.push(rule);
        self
    }

    /// An attribute, or several, for types, members, values, branches,
    /// alternatives, events and methods.
    ///
    /// The [pattern](crate#patterns) may be any but `command.return`. `command`
    /// means the method of the trait and that of the client, `EVENT` the variant
    /// for the event. Default: none.
    ///
    /// ```
    /// let mut config = qapi_codegen::Config::new();
    /// config.attribute("GuestUser.domain", "#[doc(alias = \"workgroup\")]");
    /// ```
    pub fn attribute(&mut self, pattern: &str, attributes: &str) -> &mut Self {
        let rule = (pattern.to_owned(), attributes.to_owned());
        self.options.attributes.push(rule);
        self
    }

    /// A Rust type to use in place of the one that the schema leads to, for a
    /// member, an alternative, what a command answers, or a whole type, which is
    /// then not generated.
    ///
    /// The [pattern](crate#patterns) is `Type.member`, `command.arguments.member`,
    /// `EVENT.data.member`, `command.return` or `Type`; an optional member becomes
    /// an `Option` of the type. What it has to implement is listed in
    /// [types of one's own](crate#types-of-ones-own). Default: none.
    ///
    /// ```
    /// let mut config = qapi_codegen::Config::new();
    /// config
    ///     .replace("guest-set-user-password.arguments.password", "::qapi_runtime::Base64")
    ///     .replace("guest-file-write.arguments.buf-b64", "::qapi_runtime::Base64Text<'_>")
    ///     .replace("GuestFileRead.buf-b64", "::qapi_runtime::Base64Stream");
    /// ```
    pub fn replace(&mut self, pattern: &str, ty: &str) -> &mut Self {
        let rule = (pattern.to_owned(), ty.to_owned());
        self.options.replacements.push(rule);
        self
    }

    /// An argument in base64 that may be so long that a server should have it
    /// while the request is still being read, such as the content of a file.
    ///
    /// The member has the type `::qapi_runtime::Base64Upload<'_>` then, and the
    /// trait has a method more, called like that of the command with `_upload`
    /// behind it. It gets the arguments that came before the long one, and makes
    /// what takes the bytes, unless they should rather stay in memory; the
    /// command gets that back. What such an upload has to promise is told in the
    /// runtime's module `upload`.
    ///
    /// The [pattern](crate#patterns) is `command.arguments.member`, for a member
    /// that is a `str` and written in place. Methods have to block. Default: all
    /// arguments stay in memory.
    ///
    /// ```
    /// let mut config = qapi_codegen::Config::new();
    /// config.upload("guest-file-write.arguments.buf-b64");
    /// ```
    pub fn upload(&mut self, pattern: &str) -> &mut Self {
        self.options.uploads.push((pattern.to_owned(), ()));
        self
    }
}
