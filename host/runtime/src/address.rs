//! Which addresses devices at customers' can have, and which a request must never go to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

/// Whether a device may have this address; otherwise why not. Addresses that carry another inside are judged by both.
pub(crate) fn is_a_devices(ip: IpAddr) -> Result<(), &'static str> {
    match ip.to_canonical() {
        IpAddr::V4(ip) => v4(ip)?,
        IpAddr::V6(ip) => v6(ip)?,
    }
    if is_our_own(ip) { Err("it is an address of this host") } else { Ok(()) }
}

fn v4(ip: Ipv4Addr) -> Result<(), &'static str> {
    if ip.is_loopback() {
        Err("it is a loopback address")
    } else if ip.is_link_local() {
        Err("it is a link-local address")
    } else if ip.octets()[0] == 0 || ip.octets()[0] >= 224 {
        Err("it is no address of one device")
    } else {
        Ok(())
    }
}

fn v6(ip: Ipv6Addr) -> Result<(), &'static str> {
    let segments = ip.segments();
    if ip.is_loopback() {
        Err("it is a loopback address")
    } else if ip.is_unicast_link_local() {
        Err("it is a link-local address")
    } else if ip.is_unspecified() || ip.is_multicast() {
        Err("it is no address of one device")
    } else if segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
        v4(last_four(ip))
    } else if segments[0] == 0x2002 {
        v4(Ipv4Addr::from((u32::from(segments[1]) << 16) | u32::from(segments[2])))
    } else if segments[..6] == [0; 6] {
        v4(last_four(ip))
    } else {
        Ok(())
    }
}

/// The IPv4 address at the end of a translated one.
fn last_four(ip: Ipv6Addr) -> Ipv4Addr {
    let o = ip.octets();
    Ipv4Addr::new(o[12], o[13], o[14], o[15])
}

/// The operating system speaks to its own addresses from that very address. Nothing is sent to find that out.
fn is_our_own(ip: IpAddr) -> bool {
    let any: IpAddr = if ip.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let from = UdpSocket::bind((any, 0)).and_then(|socket| {
        socket.connect((ip, 9))?;
        socket.local_addr()
    });
    from.is_ok_and(|from| from.ip().to_canonical() == ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(ip: &str) -> Result<(), &'static str> {
        is_a_devices(ip.parse().expect("an address"))
    }

    #[test]
    fn what_devices_never_have_is_refused_in_every_disguise() {
        let bad = [
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
        ];
        for ip in bad {
            assert!(judged(ip).is_err(), "{ip}");
        }
        for ip in ["192.0.2.1", "100.64.0.184", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.1", "64:ff9b::c000:201"] {
            assert_eq!(judged(ip), Ok(()), "{ip}");
        }
    }
}
