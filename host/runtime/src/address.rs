//! Which addresses devices at customers' can have, and which a request must never go to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

/// Whether a device may have this address; otherwise why not. Addresses that carry another inside are judged by both.
pub(crate) fn is_a_devices(ip: IpAddr) -> Result<(), &'static str> {
    judge(ip, &is_our_own)
}

fn judge(ip: IpAddr, is_our_own: &dyn Fn(IpAddr) -> bool) -> Result<(), &'static str> {
    let ip = ip.to_canonical();
    match ip {
        IpAddr::V4(ip) => v4(ip)?,
        IpAddr::V6(ip) => v6(ip)?,
    }
    if is_our_own(ip) {
        return Err("it is an address of this host");
    }
    match ip {
        IpAddr::V6(outer) => carried(outer).map_or(Ok(()), |inner| judge(inner.into(), is_our_own)),
        IpAddr::V4(_) => Ok(()),
    }
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
    if ip.is_loopback() {
        Err("it is a loopback address")
    } else if ip.is_unicast_link_local() {
        Err("it is a link-local address")
    } else if ip.is_unspecified() || ip.is_multicast() {
        Err("it is no address of one device")
    } else {
        Ok(())
    }
}

/// The IPv4 address inside: at the end of one for NAT64 and of a compatible one, after the beginning of 6to4. A mapped one is
/// an IPv4 address by itself.
fn carried(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = ip.segments();
    let of = |high: u16, low: u16| Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match segments {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0, 0, 0, 0, 0, 0, high, low] => of(high, low),
        [0x2002, high, low, ..] => of(high, low),
        _ => None,
    }
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
            "2002:a9fe:a9fe:1::1",
        ];
        for ip in bad {
            assert!(judged(ip).is_err(), "{ip}");
        }
        for ip in ["192.0.2.1", "100.64.0.184", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.1", "64:ff9b::c000:201"] {
            assert_eq!(judged(ip), Ok(()), "{ip}");
        }
    }
    #[test]
    fn this_hosts_own_address_is_refused_in_every_disguise() {
        let own: IpAddr = "192.0.2.7".parse().expect("an address");
        let judged = |ip: &str| judge(ip.parse().expect("an address"), &|ip| ip == own);
        for ip in ["192.0.2.7", "::ffff:192.0.2.7", "::192.0.2.7", "64:ff9b::192.0.2.7", "2002:c000:207::1"] {
            assert_eq!(judged(ip), Err("it is an address of this host"), "{ip}");
        }
        for ip in ["192.0.2.8", "::ffff:192.0.2.8", "::192.0.2.8", "64:ff9b::192.0.2.8", "2002:c000:208::1"] {
            assert_eq!(judged(ip), Ok(()), "{ip}");
        }
    }
}
