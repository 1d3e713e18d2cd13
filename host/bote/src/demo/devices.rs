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

/// The page of the one device that asks who is there, in its form.
const INSIDE: (&str, &str) =
    ("/ajax_status.xml", include_str!("../../../../plugins/device-http/pages/asuswrt/status.txt"));
/// `admin` and `demo`, as its form carries them.
const LOGIN: &[u8] = b"login_authorization=YWRtaW46ZGVtbw%3D%3D";

/// What the device with a form answers; `None` for what is not its own.
fn behind_a_form(request: &DeviceRequest) -> Option<(u16, &'static str)> {
    let inside = request.headers.get("cookie").is_some_and(|cookie| cookie == "asus_token=demo");
    Some(match request.path.as_str() {
        "/login.cgi" if request.body == LOGIN => (200, r#"{"asus_token":"demo"}"#),
        "/login.cgi" => (200, r#"{"error_status":"3"}"#),
        path if path == INSIDE.0 && inside => (200, INSIDE.1),
        "/applyapp.cgi" | "/Logout.asp" if inside => (200, ""),
        "/applyapp.cgi" | "/Logout.asp" => (401, ""),
        path if path == INSIDE.0 => (401, ""),
        _ => return None,
    })
}

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
            None => behind_a_form(&request).unwrap_or((404, "")),
        };
        Ok(DeviceResponse { status, headers: Default::default(), body: body.as_bytes().to_vec() })
    }
}
