//! TLS as devices speak it: with certificates that nobody vouches for, on hardware that is older than the rules. What is
//! not negotiable is the address.

use std::net::IpAddr;
use std::sync::Arc;

use bote_runtime::{DeviceFault, DeviceTransport as _, DirectDevices};
use hyper::Method;
use tokio::io::AsyncWriteExt as _;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::login::REALTEK_READ;
use crate::scripted::{Scripted, read_request};
use crate::servers::{Lighttpd, REALTEK, folder, make_certificate};
use crate::{SILENT, Tool, at, get, over_tls, request, with_right_login};

const ELLIPTIC: [&str; 4] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];

#[tokio::test]
async fn a_certificate_of_the_devices_own_making_is_taken() {
    let tool = Tool::new();
    for certificate in [&["-newkey", "rsa:2048"][..], &ELLIPTIC] {
        let server = Lighttpd::with_digest_and_tls(&REALTEK, certificate);
        let device = over_tls(with_right_login(at(server.port)));
        assert_eq!(tool.status(&REALTEK, &device).await, REALTEK_READ, "{certificate:?}");
        let said = tool.restart(&REALTEK, &device).await;
        assert!(said.contains("Aceito pelo equipamento"), "{said}");
        assert_eq!(server.restarts(), ["POST"]);
    }
}

#[tokio::test]
async fn tls_where_there_is_none_and_none_where_there_is_are_silence() {
    let tool = Tool::new();
    let plain = Lighttpd::with_digest(&REALTEK, "MD5");
    assert_eq!(tool.status(&REALTEK, &over_tls(at(plain.port))).await, SILENT);
    let secured = Lighttpd::with_digest_and_tls(&REALTEK, &ELLIPTIC);
    let said = tool.status(&REALTEK, &at(secured.port)).await;
    assert_eq!(said, SILENT);
}

#[tokio::test]
async fn an_address_that_devices_never_have_is_not_dialled_with_tls_or_without() {
    let server = Scripted::serving(|_, asked| async move { asked.note("a connection".to_owned()) }).await;
    let allowed_elsewhere: IpAddr = "192.0.2.1".parse().expect("an address");
    for devices in [DirectDevices::new(Vec::new()), DirectDevices::new(vec![allowed_elsewhere])] {
        for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"] {
            let mut device = at(server.port);
            device.host = bote_sdk::personal::IpAddress::new(host);
            for device in [device.clone(), over_tls(device)] {
                let fault = devices.send(&device, request(Method::GET, "/")).await.expect_err("it is refused");
                assert!(matches!(fault, DeviceFault::Refused(..)), "{host}: {fault}");
            }
        }
    }
    assert!(server.asked().is_empty());
}

/// Devices keep the key they left the factory with. A certificate that proves nothing need not be one of today.
#[tokio::test]
async fn a_short_key_is_taken() {
    let server = Lighttpd::with_digest_and_tls(&REALTEK, &["-newkey", "rsa:1024"]);
    let device = over_tls(with_right_login(at(server.port)));
    assert_eq!(Tool::new().status(&REALTEK, &device).await, REALTEK_READ);
}

/// Version 1 knows no extensions; it is what the tools of an old firmware make.
#[tokio::test]
async fn a_certificate_of_the_first_version_is_taken() {
    let server = Lighttpd::with_digest_and_tls(&REALTEK, &["-newkey", "rsa:2048", "-config", "v1.cnf"]);
    let device = over_tls(with_right_login(at(server.port)));
    assert_eq!(Tool::new().status(&REALTEK, &device).await, REALTEK_READ);
}

/// Small servers hang up without the farewell of TLS. An answer whose length is known, or that ends with the line, is
/// read all the same.
#[tokio::test]
async fn an_answer_that_ends_without_a_farewell_is_read() {
    let folder = folder();
    make_certificate(folder.path(), &ELLIPTIC);
    let read = |name: &str| folder.path().join(name);
    let certificate = CertificateDer::from_pem_file(read("certificate.pem")).expect("openssl wrote it");
    let key = PrivateKeyDer::from_pem_file(read("key.pem")).expect("openssl wrote it");
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let configuration = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let configuration = configuration.expect("the versions fit").with_no_client_auth();
    let configuration = configuration.with_single_cert(vec![certificate], key).expect("the key fits");
    let acceptor = TlsAcceptor::from(Arc::new(configuration));
    for head in ["HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n"] {
        let acceptor = acceptor.clone();
        let server = Scripted::serving(move |stream, asked| {
            let acceptor = acceptor.clone();
            async move {
                let mut stream = acceptor.accept(stream).await.expect("TLS begins");
                asked.note(read_request(&mut stream).await);
                stream.write_all(format!("{head}up=1").as_bytes()).await.expect("the client listens");
                stream.flush().await.expect("the client listens");
            }
        })
        .await;
        let answer = get(&over_tls(at(server.port)), "/").await.unwrap_or_else(|fault| panic!("{head:?}: {fault}"));
        assert_eq!(answer.body, b"up=1", "{head:?}");
    }
}
