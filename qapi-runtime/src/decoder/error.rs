//! Why bytes are not JSON, in QEMU's words.

/// A message is not JSON, or more than a peer may send at once.
///
/// `Display` is the wording of QEMU.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// Bytes that begin no token; the last of them is the one that fits nowhere.
    #[error("JSON parse error, stray '{0}'")]
    Stray(String),
    /// A word other than `true`, `false` and `null`.
    #[error("JSON parse error, invalid keyword '{0}'")]
    Keyword(String),
    /// A value has to stand here and does not.
    #[error("JSON parse error, expecting value")]
    Value,
    /// A key is not followed by a colon.
    #[error("JSON parse error, missing : in object pair")]
    Colon,
    /// Something other than a string stands where a key belongs.
    #[error("JSON parse error, key is not a string in object")]
    Key,
    /// A pair is followed by neither a comma nor the end of the object.
    #[error("JSON parse error, expected separator in dict")]
    ObjectSeparator,
    /// An element is followed by neither a comma nor the end of the array.
    #[error("JSON parse error, expected separator in list")]
    ArraySeparator,
    /// An object has the same key twice.
    #[error("JSON parse error, duplicate key")]
    DuplicateKey,
    /// A backslash is followed by something without a meaning.
    #[error("JSON parse error, invalid escape sequence in string")]
    Escape,
    /// A `\u` escape, as given, is not a character.
    #[error("JSON parse error, {0} is not a valid Unicode character")]
    Character(String),
    /// A string is not text.
    #[error("JSON parse error, invalid UTF-8 sequence in string")]
    Utf8,
    /// More brackets are open than [`MAX_NESTING`](crate::MAX_NESTING).
    #[error("JSON nesting depth limit exceeded")]
    Nesting,
    /// There are more tokens than [`MAX_TOKENS`](crate::MAX_TOKENS).
    #[error("JSON token count limit exceeded")]
    Count,
    /// The tokens reach [`MAX_MESSAGE_BYTES`](crate::MAX_MESSAGE_BYTES).
    #[error("JSON token size limit exceeded")]
    Size,
    /// A text ends before its value does.
    #[error("JSON parse error, the text is incomplete")]
    Incomplete,
    /// A text goes on after its value.
    #[error("JSON parse error, the text goes on after its value")]
    Trailing,
}
