//! The tool on pages written by hand after the sources the profiles name.

mod login;
mod steps;

use super::*;
use bote_guest::fake::{Answer, Fake, FakeAnswer, FakeEquipment, Sent};

fn device(vendor: &str, model: &str) -> FakeEquipment {
    FakeEquipment { id: "221011".into(), role: "onu".into(), vendor: vendor.into(), model: model.into() }
}

fn page(body: &str) -> Result<FakeAnswer, Failure> {
    Ok(FakeAnswer { status: 200, headers: Vec::new(), body: body.as_bytes().to_vec() })
}

fn refused(status: u16) -> Result<FakeAnswer, Failure> {
    Ok(FakeAnswer { status, headers: Vec::new(), body: Vec::new() })
}

fn ask(tool: &str, vendor: &str, answer: impl FnMut(&Sent) -> Result<FakeAnswer, Failure> + 'static) -> Answer {
    let fake = Fake::new().tool(tool).connection("22101", None);
    fake.equipment("equipment", device(vendor, "X1")).devices_answer(answer).run::<DeviceHttp>()
}

#[test]
fn an_onu_with_the_pages_of_realtek() {
    let answer = ask("status", "Realtek", |sent| match sent.path.as_str() {
        "/status.asp" => page(include_str!("../pages/realtek-boa/status.txt")),
        "/status_pon.asp" => page(include_str!("../pages/realtek-boa/pon.txt")),
        "/admin/wlstatbl.asp" => page(include_str!("../pages/realtek-boa/wifi.txt")),
        _ => refused(404),
    });
    assert_eq!(
        answer.printed(),
        "Realtek X1 · 221011\nPerfil: ONU Realtek xPON (boa)\nLigado há: 28 d 5 h\nWAN: 🟢 conectada\nIP da WAN: 100.64.7.9\n\
         Sinal óptico recebido: -28,4 dBm 🔴 fora do limite\nSinal óptico enviado: 1,9 dBm 🟢\nClientes Wi-Fi: 2\n\
         [🔄 Ler estado] status equipment=221011\n[♻ Reiniciar] restart equipment=221011\n"
    );
}

#[test]
fn an_onu_of_telekom_is_asked_in_a_language() {
    let answer = ask("status", "Telekom", |sent| {
        assert!(sent.headers.contains(&("Accept-Language".into(), "en".into())));
        page(include_str!("../pages/telekom-gfm2/status.txt"))
    });
    assert!(
        answer.printed().contains("WAN: 🟢 conectada\nSinal óptico recebido: -14,2 dBm 🟢\n"),
        "{}",
        answer.printed()
    );
}

#[test]
fn an_onu_of_tozed_has_no_restart() {
    let pages = |sent: &Sent| match sent.path.as_str() {
        "/boaform/getASPdata/all_status_init" => page(include_str!("../pages/zlt-g202/all.txt")),
        _ => page(include_str!("../pages/zlt-g202/pon.txt")),
    };
    let printed = ask("status", "Tozed", pages).printed();
    assert!(
        printed.contains("Ligado há: 3 d 4 h\nIP da WAN: 100.64.8.8\nSinal óptico recebido: -19,5 dBm 🟢\n"),
        "{printed}"
    );
    assert!(!printed.contains("restart"), "{printed}");
    assert_eq!(ask("restart", "Tozed", pages).result.expect_err("no restart").code, "no-restart");
}

#[test]
fn a_router_of_mikrotik_with_the_older_wireless_driver() {
    let answer = ask("status", "MikroTik", |sent| match sent.path.as_str() {
        "/rest/system/resource" => page(include_str!("../pages/mikrotik-rest/resource.txt")),
        "/rest/ip/dhcp-client" => page(include_str!("../pages/mikrotik-rest/dhcp-client.txt")),
        "/rest/interface/wireless/registration-table" => page(include_str!("../pages/mikrotik-rest/wireless.txt")),
        _ => refused(404),
    });
    let expected = "Ligado há: 2 d 20 h\nWAN: 🟢 conectada\nIP da WAN: 100.64.3.4/22\nClientes Wi-Fi: 3\n";
    assert!(answer.printed().contains(expected), "{}", answer.printed());
}

#[test]
fn a_router_with_dd_wrt() {
    let answer = ask("status", "DD-WRT", |sent| match sent.path.as_str() {
        "/Status_Internet.live.asp" => page(include_str!("../pages/dd-wrt/internet.txt")),
        _ => page(include_str!("../pages/dd-wrt/wireless.txt")),
    });
    let expected = "Ligado há: 8 d 18 h\nWAN: 🟢 conectada\nIP da WAN: 100.64.5.6\nClientes Wi-Fi: 2\n";
    assert!(answer.printed().contains(expected), "{}", answer.printed());
}

#[test]
fn what_cannot_be_read_is_said() {
    let answer = ask("status", "Realtek", |sent| match sent.path.as_str() {
        "/status.asp" => page("<html>another firmware</html>"),
        "/status_pon.asp" => page(include_str!("../pages/realtek-boa/pon.txt")),
        _ => refused(401),
    });
    let printed = answer.printed();
    assert!(printed.contains("Não consegui ler: Ligado há, WAN, IP da WAN, Clientes Wi-Fi.\n"), "{printed}");
    assert!(printed.contains("pede um usuário e senha"), "{printed}");
}

#[test]
fn a_device_that_is_silent_is_asked_once() {
    let answer = ask("status", "MikroTik", |_| Err(failure(FailureKind::Unavailable, "no-connection", "")));
    assert_eq!(answer.sent.len(), 1);
    assert!(answer.printed().starts_with("! O equipamento não respondeu."), "{}", answer.printed());
}

#[test]
fn a_device_nobody_described_is_not_guessed_at() {
    let answer = ask("status", "Nobody", |_| page(""));
    assert_eq!((answer.sent.len(), answer.result.expect_err("no profile").code.as_str()), (0, "no-profile"));
}

#[test]
fn a_restart_is_never_worded_as_done() {
    let accepted = ask("restart", "DD-WRT", |sent| {
        assert_eq!((sent.method.as_str(), sent.path.as_str()), ("POST", "/apply.cgi"));
        assert!(String::from_utf8_lossy(&sent.body).contains("action=Reboot"));
        page("")
    });
    assert!(accepted.printed().contains("ainda não confirmado"), "{}", accepted.printed());
    let broken = ask("restart", "DD-WRT", |_| Err(failure(FailureKind::Unavailable, "unreadable-answer", "")));
    assert!(broken.printed().contains("situação desconhecida"), "{}", broken.printed());
    let refusal = ask("restart", "DD-WRT", |_| refused(500));
    assert!(refusal.printed().contains("Recusado pelo equipamento: HTTP 500."), "{}", refusal.printed());
    assert_eq!(ask("restart", "DD-WRT", |_| refused(401)).result.expect_err("no login").code, "login");
}
