//! A server behind a server: the client implements the trait.

use std::os::unix::net::UnixStream;
use std::thread;

use qapi_runtime::{Base64Stream, Error, ErrorClass, Session, session};

use crate::golden::replace::{
    Bed, FindBedArgs, Service, ServiceClient, ServiceServer, TakePhotoArgs,
};
use crate::replace::Celsius;

/// What is at the very end.
struct Greenhouse;

impl Service for Greenhouse {
    fn find_bed(&mut self, _: FindBedArgs) -> Result<Bed, Error> {
        let text = "there is no such bed";
        Err(Error::new(ErrorClass::DeviceNotFound, text))
    }

    fn take_photo(&mut self, args: TakePhotoArgs) -> Result<Base64Stream, Error> {
        Ok(Base64Stream::from(args.id))
    }

    fn heat(&mut self, _: Celsius) -> Result<(), Error> {
        Ok(())
    }
}

/// What a service answers that has nothing but a connection to the greenhouse.
fn through_proxy(requests: &[u8]) -> String {
    let (near, mut far) = UnixStream::pair().expect("a pair of sockets");
    let greenhouse =
        thread::spawn(move || session::serve(&mut far, &mut ServiceServer(Greenhouse)));
    let mut proxy = ServiceServer(ServiceClient::over(near));
    let replies = Session::new().feed(requests, &mut proxy);
    drop(proxy);
    let served = greenhouse.join().expect("no panic");
    served.expect("a pair of sockets");
    String::from_utf8(replies).expect("ASCII")
}

#[test]
fn a_proxy_answers_what_the_service_behind_it_does() {
    let replies = through_proxy(
        b"{'execute': 'heat', 'arguments': {'degrees': 20.5}} \
          {'execute': 'take-photo', 'arguments': {'id': 'a picture'}, 'id': 3} \
          {'execute': 'find-bed', 'arguments': {'key': 1}}",
    );
    assert_eq!(
        replies,
        "{\"return\": {}}\n{\"return\": \"YSBwaWN0dXJl\", \"id\": 3}\n\
         {\"error\": {\"class\": \"DeviceNotFound\", \"desc\": \"there is no such bed\"}}\n"
    );
}

#[test]
fn a_lost_connection_is_an_error_like_any_other() {
    let (near, far) = UnixStream::pair().expect("a pair of sockets");
    drop(far);
    let mut client = ServiceClient::over(near);
    // By the trait, as a server does.
    let error = Service::heat(&mut client, Celsius(1.5)).expect_err("nobody is there");
    assert_eq!(error, Error::generic("the connection is closed"));
}
