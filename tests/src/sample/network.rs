//! What the sample provider's access network knows: sessions, devices at the customers', and what was moved.

use bote_sdk::id::*;
use bote_sdk::personal::{IpAddress, Secret};
use bote_sdk::records::*;
use bote_sdk::traits::Seal;
use chrono::TimeDelta;

use super::{HOME_LINE, SHOP_LINE, at};
use crate::fakes::Wax;

/// The ONU at [`HOME_LINE`], which answers at an address of its own.
pub const ONU: EquipmentCode = EquipmentCode(221_531);
/// The router at [`HOME_LINE`], which answers at the connection's address and asks for a login.
pub const ROUTER: EquipmentCode = EquipmentCode(221_532);
/// The device at [`SHOP_LINE`], of which little is known.
pub const BOX: EquipmentCode = EquipmentCode(221_541);

/// The password of [`ROUTER`].
pub const PASSWORD: &str = "sèsamo \"aberto\"";

/// [`HOME_LINE`] is online, [`SHOP_LINE`] was cut off.
pub fn sessions() -> Vec<NetworkSession> {
    vec![
        NetworkSession {
            connection: HOME_LINE,
            started_at: at(24, 7, 0),
            updated_at: at(24, 9, 55),
            stopped_at: None,
            interim_seconds: 300,
            cause: None,
        },
        NetworkSession {
            connection: SHOP_LINE,
            started_at: at(23, 7, 0),
            updated_at: at(23, 20, 0),
            stopped_at: Some(at(23, 20, 0)),
            interim_seconds: 600,
            cause: Some("Admin-Reset".into()),
        },
    ]
}

/// The devices at the customers', not in the order of their codes.
pub fn equipment() -> Vec<Equipment> {
    let device = |code, connection, role: &str| Equipment {
        code,
        connection,
        role: role.into(),
        vendor: String::new(),
        model: String::new(),
        scheme: Scheme::Http,
        port: None,
        address: None,
        login: None,
    };
    vec![
        Equipment {
            vendor: "MikroTik".into(),
            model: "hAP ac²".into(),
            scheme: Scheme::Https,
            port: Some(8443),
            login: Some(("admin".into(), Wax.seal(&Secret::new(PASSWORD)))),
            ..device(ROUTER, HOME_LINE, "router")
        },
        device(BOX, SHOP_LINE, "onu"),
        Equipment {
            vendor: "Huawei".into(),
            model: "HG8145C".into(),
            address: Some(IpAddress::new("192.0.2.31")),
            ..device(ONU, HOME_LINE, "onu")
        },
    ]
}

/// What [`HOME_LINE`] moved in the hour from eight o'clock, every five minutes, in numbers larger than 32 bits.
pub fn usage() -> Vec<UsageSample> {
    (0..12)
        .map(|n| UsageSample {
            at: at(24, 8, 0) + TimeDelta::minutes(5 * n),
            down_bytes: 5_000_000_000 + n,
            up_bytes: n,
        })
        .collect()
}
