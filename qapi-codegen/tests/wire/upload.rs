//! Arguments that are taken while the request is still being read.

use qapi_runtime::{Delivery, Error, Session, Upload};

use crate::golden::upload::{Count, Service, ServiceServer, WriteArgs};

/// Counts bytes.
struct Counter(usize);

impl Upload for Counter {
    fn receive(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }
}

/// Has no other handle than 1, and remembers how many uploads there were.
#[derive(Default)]
struct Drain(usize);

impl Service for Drain {
    fn write(&mut self, args: WriteArgs<'_>) -> Result<Count, Error> {
        let length = args.buf_b64.check()?;
        let counted = match args.buf_b64.delivery() {
            Delivery::Upload(Counter(counted)) => counted,
            Delivery::Text(text) => text.to_vec()?.len(),
        };
        assert_eq!(counted, length);
        Ok(Count::new(i64::try_from(counted).expect("few bytes")))
    }

    fn write_upload(&mut self, args: &WriteArgs<'_>) -> Option<Box<dyn Upload>> {
        if args.handle != 1 {
            return None;
        }
        self.0 += 1;
        Some(Box::new(Counter(0)))
    }

    fn ping(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

#[test]
fn a_long_argument_is_taken_while_it_is_read() {
    let mut server = ServiceServer(Drain::default());
    let (mut session, mut replies) = (Session::new(), Vec::new());
    for (handle, length, uploads) in [
        (1, 300_000, 1),
        (2, 300_000, 1),
        (1, 300, 1),
        (1, 99_999, 2),
    ] {
        let data = "YWJj".repeat(length / 3);
        let request = format!(
            "{{'execute': 'write', 'arguments': {{'handle': {handle}, 'buf-b64': '{data}'}}}}"
        );
        let answered = session.answer(&mut request.as_bytes(), &mut server, &mut replies);
        answered.expect("a vector takes everything");
        let expected = format!("{{\"return\": {{\"count\": {length}}}}}\n");
        assert_eq!(String::from_utf8_lossy(&replies), expected);
        assert_eq!(server.0.0, uploads);
        replies.clear();
    }
}
