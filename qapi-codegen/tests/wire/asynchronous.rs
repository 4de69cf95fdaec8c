//! A server whose handlers wait.

use qapi_runtime::client::tokio::Agent;
use qapi_runtime::{Error, Map, Session, Value, session};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::yield_now;

use crate::golden::asynchronous::{
    AddArgs, Service, ServiceClient, ServiceServer, SyncArgs, WriteArgs,
};

#[derive(Default)]
struct Recorder(Vec<String>);

impl Service for Recorder {
    async fn ping(&mut self) -> Result<(), Error> {
        Ok(())
    }

    async fn add(&mut self, args: AddArgs) -> Result<i64, Error> {
        yield_now().await;
        let sum = args.a.checked_add(args.b);
        sum.ok_or_else(|| Error::generic("too much"))
    }

    async fn write(&mut self, args: WriteArgs<'_>) -> Result<(), Error> {
        yield_now().await;
        self.0.push(args.text.into_owned());
        Ok(())
    }

    async fn stop(&mut self) -> Result<(), Error> {
        self.0.push("stopped".to_owned());
        Ok(())
    }

    async fn raw(&mut self, args: Map<String, Value>) -> Result<(), Error> {
        self.0.extend(args.keys().cloned());
        Ok(())
    }

    async fn sync(&mut self, args: SyncArgs) -> Result<i64, Error> {
        Ok(args.id)
    }
}

#[tokio::test]
async fn handlers_may_wait() {
    let (mut client, mut server) = tokio::io::duplex(64);
    // Another thread may go on with it, as `spawn` asks.
    let served = tokio::spawn(async move {
        let mut service = ServiceServer(Recorder::default());
        let served = session::tokio::serve(&mut server, &mut service).await;
        served.map(|()| service.0.0)
    });
    let requests = br#"{"execute": "ping"} {"execute": "add", "arguments": {"a": 1, "b": 2}}
        {"execute": "add", "arguments": {"a": 9223372036854775807, "b": 1}, "id": 1}
        {"execute": "write", "arguments": {"text": "some text"}} {"execute": "stop"}
        {"execute": "raw", "arguments": {"driver": "d", "more": []}}
        {"execute": "add", "arguments": {"a": 1}} {"execute": "leave"}
        {"execute": "sync", "arguments": {"id": 7}}"#;
    // Both ends at once, for the pipe between them is short.
    let (mut reader, mut writer) = tokio::io::split(&mut client);
    let write = async {
        writer.write_all(requests).await?;
        writer.shutdown().await
    };
    let mut replies = Vec::new();
    let (written, read) = tokio::join!(write, reader.read_to_end(&mut replies));
    written.and(read).expect("a pipe");
    let expected = b"{\"return\": {}}\n{\"return\": 3}\n\
        {\"id\": 1, \"error\": {\"class\": \"GenericError\", \"desc\": \"too much\"}}\n\
        {\"return\": {}}\n{\"return\": {}}\n\
        {\"error\": {\"class\": \"GenericError\", \"desc\": \"Parameter 'b' is missing\"}}\n\
        {\"error\": {\"class\": \"CommandNotFound\", \
        \"desc\": \"The command leave has not been found\"}}\n\
        \xFF{\"return\": 7}\n";
    assert_eq!(replies, expected);
    let seen = served.await.expect("no panic").expect("a pipe");
    assert_eq!(seen, ["some text", "stopped", "driver", "more"]);
}

#[tokio::test]
async fn clients_may_wait_too() {
    let (near, mut far) = tokio::io::duplex(64);
    let served = tokio::spawn(async move {
        let mut service = ServiceServer(Recorder::default());
        session::tokio::serve(&mut far, &mut service).await
    });
    let mut client = ServiceClient::new(Agent::new(near));
    client.ping().await.unwrap();
    // The future is one that `spawn` takes.
    let adding = tokio::spawn(async move {
        let sum = client.add(&AddArgs::new(1, 2)).await;
        (client, sum)
    });
    let (mut client, sum) = adding.await.expect("no panic");
    assert_eq!(sum.unwrap(), 3);
    let refused = client.add(&AddArgs::new(i64::MAX, 1)).await;
    assert_eq!(refused.unwrap_err().to_string(), "too much");
    drop(client);
    served.await.expect("no panic").expect("a pipe");
}

#[tokio::test]
async fn a_client_may_stand_behind_a_server() {
    let (near, mut far) = tokio::io::duplex(64);
    let served = tokio::spawn(async move {
        session::tokio::serve(&mut far, &mut ServiceServer(Recorder::default())).await
    });
    // What answers is another server; its errors come through as they are.
    let mut proxy = ServiceServer(ServiceClient::new(Agent::new(near)));
    let mut session = Session::new();
    let mut requests = &br#"{"execute": "add", "arguments": {"a": 1, "b": 2}}
        {"execute": "add", "arguments": {"a": 9223372036854775807, "b": 1}, "id": 1}"#[..];
    let mut replies = Vec::new();
    while let Some(reply) = session.next_reply_async(&mut requests, &mut proxy).await {
        replies.extend_from_slice(reply);
    }
    assert_eq!(
        String::from_utf8(replies).expect("ASCII"),
        "{\"return\": 3}\n\
         {\"id\": 1, \"error\": {\"class\": \"GenericError\", \"desc\": \"too much\"}}\n"
    );
    drop(proxy);
    served.await.expect("no panic").expect("a pipe");
}
