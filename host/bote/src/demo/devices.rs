//! The devices of the invented provider: they answer with invented pages, and nothing is sent anywhere.

use async_trait::async_trait;
use bote_runtime::{DeviceFault, DeviceRequest, DeviceResponse, DeviceTransport};
use bote_sdk::tool::Device;

/// Pages by path, written by hand after the sources that the profiles of `plugins/device-http` name.
const PAGES: [(&str, &str); 10] = [
    ("/status.asp", include_str!("../../../../plugins/device-http/pages/realtek-boa/status.txt")),
    ("/status_pon.asp", include_str!("../../../../plugins/device-http/pages/realtek-boa/pon.txt")),
    ("/admin/wlstatbl.asp", include_str!("../../../../plugins/device-http/pages/realtek-boa/wifi.txt")),
    ("/boaform/getASPdata/all_status_init", include_str!("../../../../plugins/device-http/pages/zlt-g202/all.txt")),
    ("/boaform/getASPdata/new_ponGetStatus", include_str!("../../../../plugins/device-http/pages/zlt-g202/pon.txt")),
    ("/rest/system/resource", include_str!("../../../../plugins/device-http/pages/mikrotik-rest/resource.txt")),
    ("/rest/ip/dhcp-client", include_str!("../../../../plugins/device-http/pages/mikrotik-rest/dhcp-client.txt")),
    (
        "/rest/interface/wireless/registration-table",
        include_str!("../../../../plugins/device-http/pages/mikrotik-rest/wireless.txt"),
    ),
    ("/Status_Internet.live.asp", include_str!("../../../../plugins/device-http/pages/dd-wrt/internet.txt")),
    ("/Status_Wireless.live.asp", include_str!("../../../../plugins/device-http/pages/dd-wrt/wireless.txt")),
];

/// What restarts a device.
const RESTARTS: [&str; 3] = ["/boaform/admin/formReboot", "/rest/system/reboot", "/apply.cgi"];

/// The invented devices.
pub struct InventedDevices;

#[async_trait]
impl DeviceTransport for InventedDevices {
    async fn send(&self, _to: &Device, request: DeviceRequest) -> Result<DeviceResponse, DeviceFault> {
        let page = PAGES.iter().find(|(path, _)| *path == request.path).map(|(_, page)| *page);
        let restarts = RESTARTS.contains(&request.path.as_str());
        let (status, body) = match page {
            Some(page) => (200, page),
            None if restarts => (200, ""),
            None => (404, ""),
        };
        Ok(DeviceResponse { status, headers: Default::default(), body: body.as_bytes().to_vec() })
    }
}
