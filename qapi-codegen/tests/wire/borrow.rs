//! Types that borrow from the request.

use std::borrow::Cow;

use qapi_runtime::{Base64Text, Document, Error, Session, Unknown};

use crate::encode;
use crate::golden::borrow::{
    Chunk, FromChunks, FromText, Import, ImportNamedArgs, Label, LabelRef,
};
use crate::golden::borrow::{
    LogArgs, NamedImport, NamedImportBranch, Service, ServiceServer, WriteArgs,
};

/// Keeps what it is told.
#[derive(Default)]
struct Recorder(Vec<String>);

impl Service for Recorder {
    fn write(&mut self, args: WriteArgs<'_>) -> Result<(), Error> {
        let bytes = args.buf_b64.to_vec()?;
        self.0.push(String::from_utf8(bytes).expect("text"));
        Ok(())
    }

    fn import(&mut self, args: Import<'_>) -> Result<(), Error> {
        if let Import::Text(FromText { text, .. }) = args {
            // Without an escape in it, the text is that of the request.
            assert!(matches!(text, Cow::Borrowed(_)));
            self.0.push(text.into_owned());
        }
        Ok(())
    }

    fn import_named(&mut self, args: ImportNamedArgs<'_>) -> Result<(), Error> {
        self.0
            .extend(args.imports.into_iter().map(|import| import.name));
        Ok(())
    }

    fn log(&mut self, args: LogArgs<'_>) -> Result<(), Error> {
        self.0.extend(args.tags.into_iter().map(str::to_owned));
        Ok(())
    }
}

#[test]
fn a_server_reads_from_the_request() {
    let mut session = Session::new();
    let mut server = ServiceServer(Recorder::default());
    let requests = br#"
        {"execute": "write", "arguments": {"handle": 1, "buf-b64": "YWJj"}}
        {"execute": "write", "arguments": {"handle": 1, "buf-b64": "-"}}
        {"execute": "import", "arguments": {"source": "text", "text": "plain"}}
        {"execute": "import-named", "arguments": {"imports": [{"name": "n", "source": "none"}]}}
        {"execute": "log", "arguments": {"tags": ["a", "b"]}}"#;
    let replies = session.feed(requests, &mut server);
    assert_eq!(
        String::from_utf8(replies).expect("text"),
        "{\"return\": {}}\n\
         {\"error\": {\"class\": \"GenericError\", \
         \"desc\": \"Base64 data contains invalid characters\"}}\n\
         {\"return\": {}}\n{\"return\": {}}\n{\"return\": {}}\n"
    );
    assert_eq!(server.0.0, ["abc", "plain", "n", "a", "b"]);
}

#[test]
fn a_client_gives_what_it_has() {
    let bytes = b"abc".to_vec();
    let args = WriteArgs::new(1, &bytes).count(3);
    let json = r#"{"handle": 1, "buf-b64": "YWJj", "count": 3}"#;
    assert_eq!(encode(&args), json);
    let document = Document::parse(json.as_bytes()).expect("JSON");
    let read: WriteArgs<'_> = document
        .input("x", Unknown::Refuse)
        .decode()
        .expect("arguments");
    assert_eq!(read, args);
    assert_eq!(read.buf_b64, Base64Text::encoded("YWJj"));
}

#[test]
fn everything_around_it_borrows_too() {
    let chunk = Chunk::new(0, b"a").next(Chunk::new(1, b"b"));
    let import = Import::Chunks(FromChunks::new(vec![chunk]));
    let named = NamedImport::new("n", NamedImportBranch::Text(FromText::new("t")));
    let args = ImportNamedArgs::new(vec![named]).label(Label::new().text("l"));
    assert_eq!(
        encode(&import),
        r#"{"source": "chunks", "chunks": [{"offset": 0, "buf-b64": "YQ==", "next": {"offset": 1, "buf-b64": "Yg=="}}]}"#
    );
    assert_eq!(
        encode(&args),
        r#"{"imports": [{"name": "n", "source": "text", "text": "t"}], "label": {"text": "l"}}"#
    );
    let _: LabelRef<'static> = LabelRef::from(1);
}
