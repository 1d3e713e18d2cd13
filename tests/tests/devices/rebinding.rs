//! Names that change what they mean: each request looks a name up once, judges every address it has, and goes to the one it
//! judged.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bote_runtime::{DeviceFault, DeviceTransport as _, DirectDevices, Names};
use bote_sdk::personal::IpAddress;
use bote_sdk::records::Scheme;
use bote_sdk::tool::Device;
use hyper::Method;

use crate::servers::{Busybox, DD_WRT};
use crate::{request, with_right_login};

const GOOD: Ipv4Addr = Ipv4Addr::LOCALHOST;
/// This machine as well, and nobody allowed it.
const BAD: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// Says one answer after the other, the last for ever.
struct Changing {
    answers: Vec<Vec<Ipv4Addr>>,
    asked: Arc<AtomicUsize>,
}

#[async_trait]
impl Names for Changing {
    async fn find(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        assert_eq!(host, "onu.customer.example");
        let number = self.asked.fetch_add(1, Ordering::SeqCst).min(self.answers.len() - 1);
        Ok(self.answers[number].iter().map(|ip| SocketAddr::from((*ip, port))).collect())
    }
}

fn devices(answers: &[&[Ipv4Addr]]) -> (DirectDevices, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let answers = answers.iter().map(|answer| answer.to_vec()).collect();
    let names = Changing { answers, asked: Arc::clone(&asked) };
    (DirectDevices::with_names(vec![IpAddr::V4(GOOD)], Box::new(names)), asked)
}

fn named(port: u16) -> Device {
    Device { scheme: Scheme::Http, host: IpAddress::new("onu.customer.example"), port, login: None }
}

#[tokio::test]
async fn a_name_is_looked_up_once_for_a_request_and_its_login() {
    let server = Busybox::with_basic(&DD_WRT);
    let (devices, asked) = devices(&[&[GOOD], &[BAD]]);
    let device = with_right_login(named(server.port));
    let page = request(Method::GET, "/Status_Internet.live.asp");
    let answer = devices.send(&device, page.clone()).await.expect("it answers");
    assert_eq!(
        (answer.status, asked.load(Ordering::SeqCst)),
        (200, 1),
        "the second exchange goes where the first went"
    );
    assert_eq!(server.connections(), 2);
    // The name means another address now: looked at anew, refused, and nothing is sent.
    let refused = devices.send(&device, page).await.expect_err("it is no device's address");
    assert!(matches!(refused, DeviceFault::Refused(ip, _) if ip == IpAddr::V4(BAD)), "{refused:?}");
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_name_with_one_bad_address_among_good_ones_is_refused() {
    let server = Busybox::with_basic(&DD_WRT);
    for answer in [[GOOD, BAD], [BAD, GOOD]] {
        let (devices, _) = devices(&[&answer]);
        let refused = devices.send(&named(server.port), request(Method::GET, "/")).await.expect_err("a trap");
        assert!(matches!(refused, DeviceFault::Refused(ip, _) if ip == IpAddr::V4(BAD)), "{refused:?}");
    }
    assert_eq!(server.connections(), 0);
}
