//! Arguments that are taken while the request is still being read.
//!
//! Two services are given the same bytes: one makes uploads, to the other one everything comes in
//! memory. Nobody can tell the difference, neither by the replies nor by what is left in the end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use proptest::prelude::*;
use qapi_runtime::upload::UPLOAD_BYTES;
use qapi_runtime::{
    Base64Upload, Call, CommandInfo, DecodeError, DecodeMembers, Delivery, Empty, Error, Object,
    Opening, Outcome, Service, Session, Upload, UploadInfo,
};

/// A file at whose end uploads write.
#[derive(Clone, Debug, Default)]
struct Store {
    file: Arc<Mutex<Vec<u8>>>,
    /// Whether there are uploads, and how many there have been.
    uploads: bool,
    made: usize,
}

struct PutArgs<'a> {
    handle: u8,
    data: Base64Upload<'a>,
    count: Option<usize>,
}

impl<'de> DecodeMembers<'de> for PutArgs<'de> {
    fn decode_members(object: &mut Object<'_, 'de>) -> Result<Self, DecodeError> {
        let (handle, data, count): (_, _, Option<u64>) =
            object.members(["handle", "data", "count"])?;
        let count = count.and_then(|count| count.try_into().ok());
        Ok(Self {
            handle,
            data,
            count,
        })
    }
}

/// Writes at once, and takes it back if nobody wants it.
struct Append {
    file: Arc<Mutex<Vec<u8>>>,
    start: usize,
    kept: bool,
}

impl Append {
    fn file(&self) -> MutexGuard<'_, Vec<u8>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Upload for Append {
    fn receive(&mut self, bytes: &[u8]) {
        assert!(!bytes.ends_with(b"panic"), "as asked for");
        self.file().extend_from_slice(bytes);
    }
}

impl Drop for Append {
    fn drop(&mut self) {
        if !self.kept {
            self.file().truncate(self.start);
        }
    }
}

impl Store {
    fn put(&mut self, args: PutArgs<'_>) -> Result<usize, Error> {
        if args.handle != 1 {
            return Err(Error::generic("no such handle"));
        }
        let length = args.data.check()?;
        let count = args.count.unwrap_or(length);
        if count > length {
            return Err(Error::generic("no such count"));
        }
        match args.data.delivery::<Append>() {
            Delivery::Upload(mut append) => {
                append.kept = true;
                assert_eq!(append.file().len(), append.start + length);
                append.file().truncate(append.start + count);
            }
            Delivery::Text(text) => {
                let bytes = text.to_vec()?;
                let mut file = self.file.lock().expect("no panic");
                file.extend_from_slice(&bytes[..count]);
            }
        }
        Ok(count)
    }
}

impl Service for Store {
    fn commands(&self) -> &'static [CommandInfo] {
        const { &[CommandInfo::new("put"), CommandInfo::new("sync")] }
    }

    fn call(&mut self, call: Call<'_>) -> Result<Outcome, Error> {
        match call.command() {
            "put" => call.answer(|args| self.put(args)),
            "sync" => call.answer(|Empty {}| Ok("synchronized")),
            _ => call.not_found(),
        }
    }

    fn uploads(&self) -> &'static [UploadInfo] {
        const INFO: UploadInfo = UploadInfo {
            command: "put",
            member: "data",
        };
        if self.uploads { &[INFO] } else { &[] }
    }

    fn upload(&mut self, opening: &Opening<'_>) -> Option<Box<dyn Upload>> {
        let args: PutArgs<'_> = opening.arguments()?;
        if args.handle != 1 {
            return None;
        }
        self.made += 1;
        let file = Arc::clone(&self.file);
        let start = file.lock().expect("no panic").len();
        Some(Box::new(Append {
            file,
            start,
            kept: false,
        }))
    }
}

/// What is replied to `bytes`, which come in pieces of these lengths; what is left in the file; how
/// many uploads there were.
fn served(uploads: bool, bytes: &[u8], lengths: &[usize]) -> (String, Vec<u8>, usize) {
    let mut store = Store {
        uploads,
        ..Store::default()
    };
    store.file.lock().expect("no panic").extend(b"old");
    let (mut session, mut replies, mut rest) = (Session::new(), Vec::new(), bytes);
    for length in lengths.iter().cycle() {
        let (mut piece, later) = rest.split_at(rest.len().min(*length));
        let answered = session.answer(&mut piece, &mut store, &mut replies);
        answered.expect("a vector takes everything");
        rest = later;
        if rest.is_empty() {
            break;
        }
    }
    // What is not complete by now never will be.
    drop(session);
    let file = store.file.lock().expect("no panic").clone();
    (String::from_utf8(replies).expect("ASCII"), file, store.made)
}

/// Sends the same to both, and says how many uploads there were.
#[track_caller]
fn same(bytes: &[u8], lengths: &[usize]) -> usize {
    let (replies, file, made) = served(true, bytes, lengths);
    let (expected_replies, expected_file, _) = served(false, bytes, &[bytes.len().max(1)]);
    assert_eq!(replies, expected_replies);
    assert!(
        file == expected_file,
        "{} {}",
        file.len(),
        expected_file.len()
    );
    made
}

fn put(data: &str) -> String {
    format!("{{'execute': 'put', 'arguments': {{'handle': 1, 'data': '{data}'}}, 'id': 7}}\n")
}

fn long(text: &str) -> String {
    text.repeat((UPLOAD_BYTES + 20_000) / text.len())
}

#[test]
fn a_long_argument_is_uploaded_and_a_short_one_is_not() {
    assert_eq!(same(put(&long("YWJj")).as_bytes(), &[5000]), 1);
    assert_eq!(same(put("YWJj").as_bytes(), &[5000]), 0);
    let many = put(&long("YWJj")) + &put("YWJj") + &put(&long("WFla"));
    assert_eq!(same(many.as_bytes(), &[1000]), 2);
    assert_eq!(same(put(&"YWJj".repeat(1 << 18)).as_bytes(), &[1 << 20]), 1);
}

#[test]
fn what_is_needed_has_to_come_before_it() {
    let data = long("YWJj");
    for (request, uploads) in [
        (
            format!("{{'arguments': {{'handle': 1, 'data': '{data}'}}, 'execute': 'put'}}"),
            0,
        ),
        (
            format!("{{'execute': 'put', 'arguments': {{'data': '{data}', 'handle': 1}}}}"),
            0,
        ),
        (
            format!(
                "{{'id': 1, 'execute': 'put', 'arguments': {{'count': 2, 'handle': 1, 'data': '{data}'}}}}"
            ),
            1,
        ),
        (
            format!("{{'execute': 'put', 'arguments': {{'handle': 2, 'data': '{data}'}}}}"),
            0,
        ),
        (
            format!("{{'execute': 'put', 'arguments': {{'x': 1, 'handle': 1, 'data': '{data}'}}}}"),
            0,
        ),
        (
            format!("{{'execute': 'put', 'arguments': {{'handle': 1, 'data': ['{data}']}}}}"),
            0,
        ),
        (
            format!("{{'execute': 'put', 'arguments': {{'handle': 1, 'other': '{data}'}}}}"),
            0,
        ),
        (format!("{{'execute': 'put', 'arguments': '{data}'}}"), 0),
        (format!("{{'execute': '{data}'}}"), 0),
        (format!("['{data}']"), 0),
        (format!("'{data}' "), 0),
    ] {
        assert_eq!(
            same(request.as_bytes(), &[3000]),
            uploads,
            "{:.60}",
            request
        );
    }
}

#[test]
fn what_is_wrong_in_the_end_leaves_nothing_behind() {
    let data = long("YWJj");
    for data in [
        format!("{data}#"),
        format!("{data}Y=Q="),
        format!("{data}ä"),
        format!("{data}\\u12"),
        format!("{data}\\uFFFF"),
        format!("{data}\\x"),
        format!("#{data}\\ud83d{data}"),
    ] {
        assert_eq!(
            same(put(&data).as_bytes(), &[3000]),
            1,
            "{}",
            &data[data.len() - 8..]
        );
    }
    for rest in [
        "'",
        "', 'count': 9999999}}",
        "', 'count': 'x'}}",
        "', 'more': 1}}",
        "'}, 'more': 1}",
        "'}, 'execute': 'put'}",
        "', 'data': ''}}",
        "' 1}}",
        "'}} ]",
        "\x01\n",
        "'}\n]",
    ] {
        let request =
            format!("{{'execute': 'put', 'arguments': {{'handle': 1, 'data': '{data}{rest}");
        for more in ["", "{'execute': 'sync'}", "\u{1}{'execute': 'sync'}"] {
            same(format!("{request}{more}").as_bytes(), &[3000]);
        }
        let mut reset = request.into_bytes();
        reset.extend(b"\xFF{'execute': 'sync'}");
        same(&reset, &[3000]);
    }
    for bad in [
        &b"\xC3("[..],
        b"\xF0\x9F\x98",
        b"\xFD\xBF",
        b"\xC0\x80",
        b"\x80\x80\x80\x80\x80",
    ] {
        let (start, end) = (put(&data).into_bytes(), put(&data));
        let mut request = start[..start.len() - 15].to_vec();
        request.extend(bad);
        request.extend(&end.as_bytes()[50..]);
        for length in [1000, 1001, 1002, 1003, 1] {
            same(&request, &[length]);
        }
    }
}

#[test]
fn it_may_be_written_in_any_way_and_come_in_any_pieces() {
    let texts = [
        "YWJj",
        "YWJj\\nWFla\\n",
        "YQ==Yg==",
        "YWI=\\n",
        "Z\\/\\u002fZ",
        "\\u0059WJj",
        "YWJ",
    ];
    for text in texts {
        let request = put(&long(text));
        for length in [1, 2, 3, 5, 7, 64, 4096, 4097, 16 * 1024] {
            assert_eq!(same(request.as_bytes(), &[length]), 1, "{text}");
        }
    }
}

#[test]
fn a_cut_at_any_byte_makes_no_difference() {
    let data = long("YWJj") + "YQ==\\u0059\\/+\\nYg=";
    let request = format!("{{'execute': 'put', 'arguments': {{'handle': 1, 'data': '{data}'}}}} ");
    let bytes = request.as_bytes();
    let middle = UPLOAD_BYTES + 50;
    for cut in (1..80)
        .chain(middle - 20..middle + 30)
        .chain(bytes.len() - 60..bytes.len())
    {
        // Up to there in pieces, for what comes at once is no upload.
        let eighth = cut.div_ceil(8);
        let lengths = [[eighth; 7].as_slice(), &[(cut - 1) % eighth + 1, 9000]].concat();
        assert_eq!(same(bytes, &lengths), 1, "{cut}");
        // And nothing is left of a request that ends there.
        let (_, file, _) = served(true, &bytes[..cut.min(bytes.len() - 3)], &[9000]);
        assert_eq!(file, b"old");
    }
}

#[test]
fn an_upload_that_panics_costs_its_request_an_error() {
    // "panic" at the end of the last piece.
    let request = put(&(long("YWJj") + "YXBhbmlj")) + "{'execute': 'sync'}";
    let (replies, file, _) = served(true, request.as_bytes(), &[4000]);
    let expected = "{\"id\": 7, \"error\": {\"class\": \"GenericError\", \
                    \"desc\": \"internal error: as asked for\"}}\n\
                    {\"return\": \"synchronized\"}\n";
    assert_eq!((replies.as_str(), &file[..]), (expected, &b"old"[..]));
}

/// A request that may be wrong anywhere.
fn requests() -> impl Strategy<Value = Vec<u8>> {
    let text = prop_oneof![
        6 => Just("YWJj".to_owned()), 1 => Just("YQ==".to_owned()), 1 => Just("\\n".to_owned()),
        1 => Just("\\/".to_owned()), 1 => "[A-Za-z0-9+/]{1,90}", 1 => Just("\\u0041".to_owned()),
    ];
    let data = (prop::collection::vec(text, 1..6), 0_usize..70_000).prop_map(|(parts, length)| {
        let part = parts.concat();
        part.repeat(length / part.len() + 1)
    });
    let spoilt = prop_oneof![
        6 => Just(None),
        1 => (any::<prop::sample::Index>(), any::<u8>()).prop_map(Some),
    ];
    let count = prop_oneof![
        Just(String::new()),
        (0..60_000).prop_map(|n| format!("'count': {n}, "))
    ];
    (data, spoilt, count, 0..4).prop_map(|(data, spoilt, count, order)| {
        let data = format!("'data': '{data}'");
        let put = "'execute': 'put'";
        let mut bytes = match order {
            0 => format!("{{{put}, 'arguments': {{'handle': 1, {count}{data}}}}}\n"),
            1 => format!("{{{put}, 'arguments': {{{count}'handle': 1, {data}}}, 'id': 'x'}}\n"),
            2 => format!("{{{put}, 'arguments': {{{count}{data}, 'handle': 1}}}}\n"),
            _ => format!("{{'arguments': {{'handle': 1, {count}{data}}}, {put}}}\n"),
        }
        .into_bytes();
        if let Some((index, byte)) = spoilt {
            let place = index.index(bytes.len());
            bytes[place] = byte;
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nobody_can_tell_whether_an_argument_was_uploaded(
        requests in prop::collection::vec(requests(), 1..4),
        lengths in prop::collection::vec(1_usize..40_000, 1..6),
    ) {
        let mut bytes = requests.concat();
        bytes.extend(b"\xFF{'execute': 'sync'}");
        same(&bytes, &lengths);
    }
}
