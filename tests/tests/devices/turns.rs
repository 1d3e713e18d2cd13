//! One request at a time for each device, whoever asks; devices do not wait for each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::AsyncWriteExt as _;
use tokio::sync::Barrier;

use crate::scripted::{Scripted, read_request};
use crate::servers::{REALTEK, Site};
use crate::{Tool, at};

/// How often a server lets everybody else run before it answers: on one thread, whoever wants to come has come by then.
const PATIENCE: usize = 1000;

async fn ask_twice(tool: &Tool, site: &Site, ports: [u16; 2]) -> [String; 2] {
    let (first, second) = (at(ports[0]), at(ports[1]));
    let said = tokio::join!(tool.status(site, &first), tool.status(site, &second));
    [said.0, said.1]
}

#[tokio::test(flavor = "current_thread")]
async fn two_calls_on_one_device_are_served_one_after_the_other() {
    let (inside, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counted = (Arc::clone(&inside), Arc::clone(&most));
    let server = Scripted::serving(move |mut stream, asked| {
        let (inside, most) = (Arc::clone(&counted.0), Arc::clone(&counted.1));
        async move {
            most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            asked.note(read_request(&mut stream).await);
            for _ in 0..PATIENCE {
                tokio::task::yield_now().await;
            }
            inside.fetch_sub(1, Ordering::SeqCst);
            stream.write_all(b"HTTP/1.0 403 No\r\n\r\n").await.expect("the client listens");
        }
    })
    .await;
    let said = ask_twice(&Tool::new(), &REALTEK, [server.port; 2]).await;
    assert_eq!(said, [crate::STATUS_LOGIN; 2]);
    assert_eq!(server.asked().len(), 6, "both asked for everything");
    assert_eq!(most.load(Ordering::SeqCst), 1, "so many connections were open at once");
}

/// Each answers only when the other was asked as well.
#[tokio::test(flavor = "current_thread")]
async fn two_devices_are_asked_side_by_side() {
    let both = Arc::new(Barrier::new(2));
    let server = || {
        let both = Arc::clone(&both);
        Scripted::after_the_request(move |mut stream| {
            let both = Arc::clone(&both);
            async move {
                both.wait().await;
                stream.write_all(b"HTTP/1.0 403 No\r\n\r\n").await.expect("the client listens");
            }
        })
    };
    let (one, other) = (server().await, server().await);
    let said = ask_twice(&Tool::new(), &REALTEK, [one.port, other.port]).await;
    assert_eq!(said, [crate::STATUS_LOGIN; 2]);
}
