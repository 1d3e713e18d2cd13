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
        IpAddr::V6(outer) => carried(outer).into_iter().try_for_each(|inner| judge(inner.into(), is_our_own)),
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

/// The IPv4 addresses inside: at the end of one for NAT64, of a compatible and of a translated one, after the beginning of
/// 6to4, the server and the client of Teredo. A mapped one is an IPv4 address by itself.
fn carried(ip: Ipv6Addr) -> Vec<Ipv4Addr> {
    let of = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match ip.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0, 0, 0, 0, 0, 0, high, low] | [0, 0, 0, 0, 0xffff, 0, high, low] => {
            vec![of(high, low)]
        }
        [0x64, 0xff9b, 1, ..] => of_a_networks_own_translator(ip),
        [0x2002, high, low, ..] => vec![of(high, low)],
        // What Teredo says of the client is inverted (RFC 4380).
        [0x2001, 0, high, low, _, _, client_high, client_low] => vec![of(high, low), of(!client_high, !client_low)],
        _ => Vec::new(),
    }
}

/// A network chooses where in its addresses of 64:ff9b:1::/48 the other one stands (RFC 8215, RFC 6052), which nobody else can
/// tell: so each place counts that holds the beginning of an address at all.
fn of_a_networks_own_translator(ip: Ipv6Addr) -> Vec<Ipv4Addr> {
    // The ninth byte belongs to none.
    let [_, _, _, _, _, _, a, b, _, c, d, e, f, g, h, i] = ip.octets();
    let places = [[a, b, c, d], [b, c, d, e], [c, d, e, f], [f, g, h, i]];
    places.map(Ipv4Addr::from).into_iter().filter(|inner| inner.octets()[0] != 0).collect()
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
            "::ffff:0:127.0.0.1",
            "::ffff:0:169.254.169.254",
            "64:ff9b:1::127.0.0.1",
            "64:ff9b:1:7f00:0:100::",
            "64:ff9b:1:7f:0:1::",
            "64:ff9b:1:0:7f:0:100::",
            "64:ff9b:1:a9fe:a9:fe00::",
            "2001:0:7f00:1::",
            "2001::80ff:fffe",
            "2001:0:c000:201::5601:5601",
        ];
        for ip in bad {
            assert!(judged(ip).is_err(), "{ip}");
        }
        let good = [
            "192.0.2.1",
            "100.64.0.184",
            "10.0.0.1",
            "2001:db8::1",
            "::ffff:192.0.2.1",
            "::ffff:0:192.0.2.1",
            "64:ff9b::c000:201",
            "64:ff9b:1::c000:201",
            "64:ff9b:1:c000:2:100::",
            "2001:0:c000:201::3fff:fdfe",
        ];
        for ip in good {
            assert_eq!(judged(ip), Ok(()), "{ip}");
        }
    }
    #[test]
    fn this_hosts_own_address_is_refused_in_every_disguise() {
        let own: IpAddr = "192.0.2.7".parse().expect("an address");
        let judged = |ip: &str| judge(ip.parse().expect("an address"), &|ip| ip == own);
        let disguises = [
            "192.0.2.7",
            "::ffff:192.0.2.7",
            "::192.0.2.7",
            "64:ff9b::192.0.2.7",
            "2002:c000:207::1",
            "::ffff:0:192.0.2.7",
            "64:ff9b:1::192.0.2.7",
            "2001:0:c000:201::3fff:fdf8",
        ];
        for ip in disguises {
            assert_eq!(judged(ip), Err("it is an address of this host"), "{ip}");
        }
        for ip in ["192.0.2.8", "::ffff:192.0.2.8", "::192.0.2.8", "64:ff9b::192.0.2.8", "2002:c000:208::1"] {
            assert_eq!(judged(ip), Ok(()), "{ip}");
        }
    }
}
