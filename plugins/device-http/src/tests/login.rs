//! Devices with a login form, and the password that was typed for one run.

use super::*;

fn log_in(
    tool: &str,
    vendor: &str,
    model: &str,
    answer: impl FnMut(&Sent) -> Result<FakeAnswer, Failure> + 'static,
) -> Answer {
    let fake = Fake::new().tool(tool).connection("22101", None).equipment("equipment", device(vendor, model));
    fake.text("user", "téc&nico").text("password", "s3nh\"a+ =").devices_answer(answer).run::<DeviceHttp>()
}

fn body(sent: &Sent) -> String {
    String::from_utf8_lossy(&sent.body).into_owned()
}

fn header<'a>(sent: &'a Sent, name: &str) -> Option<&'a str> {
    sent.headers.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str())
}

fn with_cookie(cookie: &str) -> Result<FakeAnswer, Failure> {
    Ok(FakeAnswer { status: 200, headers: vec![("Set-Cookie".into(), cookie.into())], body: Vec::new() })
}

#[test]
fn an_onu_with_the_form_of_realtek() {
    let mut inside = false;
    let answer = log_in("status-with-login", "Realtek", "X1", move |sent| match sent.path.as_str() {
        "/boaform/admin/formLogin" => {
            assert_eq!(
                body(sent),
                "challenge=&username=t%C3%A9c%26nico&password=s3nh%22a%2B+%3D&save=Login&submit-url=%2Fadmin%2Flogin.asp"
            );
            inside = true;
            refused(302)
        }
        "/boaform/admin/formLogout" => {
            inside = false;
            refused(302)
        }
        _ if !inside => refused(401),
        "/status.asp" => page(include_str!("../../pages/realtek-boa/status.txt")),
        "/status_pon.asp" => page(include_str!("../../pages/realtek-boa/pon.txt")),
        _ => page(include_str!("../../pages/realtek-boa/wifi.txt")),
    });
    let printed = answer.printed();
    assert!(printed.contains("Ligado há: 28 d 5 h\nWAN: 🟢 conectada\n"), "{printed}");
    assert!(
        printed.ends_with(
        "status-with-login equipment=221011 user=téc&nico\n[♻ Reiniciar] restart-with-login equipment=221011 user=téc&nico\n"
    )
    );
    assert_eq!(answer.sent.last().map(|sent| sent.path.as_str()), Some("/boaform/admin/formLogout"), "it logs out");
}

/// An ONU of Realtek that answers the login with this page and has no session.
fn refusing_realtek(says: &'static str) -> impl FnMut(&Sent) -> Result<FakeAnswer, Failure> {
    move |sent| match sent.path.as_str() {
        "/boaform/admin/formLogin" => page(says),
        _ => page(include_str!("../../pages/realtek-boa/login.txt")),
    }
}

#[test]
fn an_onu_of_realtek_says_no_with_its_form_or_with_words() {
    let form = include_str!("../../pages/realtek-boa/login.txt");
    let words = include_str!("../../pages/realtek-boa/bad-password.txt");
    for says in [form, words] {
        for tool in ["status-with-login", "restart-with-login"] {
            let answer = log_in(tool, "Realtek", "X1", refusing_realtek(says));
            assert!(answer.printed().contains("não aceitou o usuário e a senha"), "{}", answer.printed());
            assert_eq!(answer.sent.len(), 1, "nothing else is sent");
        }
    }
}

#[test]
fn an_onu_of_realtek_that_knows_the_address_already_is_read() {
    let answer = log_in("status-with-login", "Realtek", "X1", |sent| match sent.path.as_str() {
        "/boaform/admin/formLogin" => page(include_str!("../../pages/realtek-boa/logged-in-already.txt")),
        "/status.asp" => page(include_str!("../../pages/realtek-boa/status.txt")),
        _ => refused(404),
    });
    assert!(answer.printed().contains("Ligado há: 28 d 5 h\n"), "{}", answer.printed());
    assert_eq!(answer.sent.last().map(|sent| sent.path.as_str()), Some("/boaform/admin/formLogout"));
}

#[test]
fn an_onu_of_realtek_with_its_form_in_place_of_a_page_needs_a_login() {
    for tool in ["status", "restart"] {
        let answer = ask(tool, "Realtek", refusing_realtek(""));
        let printed = answer.printed();
        assert_eq!(answer.result.expect_err("nobody logged in").code, "login");
        assert!(printed.contains(&format!("{tool}-with-login equipment=221011")), "{printed}");
    }
}

#[test]
fn a_session_is_ended_unless_the_device_restarts() {
    let ends_with = |restart: fn() -> Result<FakeAnswer, Failure>| {
        let answer = log_in("restart-with-login", "Realtek", "X1", move |sent| match sent.path.as_str() {
            "/boaform/admin/formLogin" => refused(302),
            "/boaform/admin/formReboot" => restart(),
            // Whether the logout works changes nothing.
            _ => Err(failure(FailureKind::Unavailable, "no-connection", "")),
        });
        (answer.printed(), answer.sent.last().map(|sent| sent.path.clone()).unwrap_or_default())
    };
    let too_large = || Err(failure(FailureKind::TooLarge, "too-large", "grande demais"));
    let no_connection = || Err(failure(FailureKind::Unavailable, "no-connection", ""));
    for (restart, says) in [
        ((|| refused(500)) as fn() -> _, "Recusado pelo equipamento: HTTP 500."),
        (|| refused(401), "pede um usuário e senha"),
        (|| page(include_str!("../../pages/realtek-boa/login.txt")), "pede um usuário e senha"),
        (too_large, "grande demais"),
        (no_connection, "não respondeu"),
    ] {
        let (printed, last) = ends_with(restart);
        assert!(printed.contains(says), "{printed}");
        assert_eq!(last, "/boaform/admin/formLogout", "{says}");
    }
    let silent = || Err(failure(FailureKind::Timeout, "silent", ""));
    for (restart, says) in [((|| page("")) as fn() -> _, "ainda não confirmado"), (silent, "situação desconhecida")]
    {
        let (printed, last) = ends_with(restart);
        assert!(printed.contains(says), "{printed}");
        assert_eq!(last, "/boaform/admin/formReboot", "{says}");
    }
}

fn huawei(sent: &Sent) -> Result<FakeAnswer, Failure> {
    match sent.path.as_str() {
        "/asp/GetRandCount.asp" => return page("\u{feff}0f1e2d3c"),
        "/login.cgi" => {
            assert_eq!(body(sent), "UserName=t%C3%A9c%26nico&PassWord=czNuaCJhKyA9&x.X_HW_Token=0f1e2d3c");
            assert_eq!(header(sent, "Cookie"), Some("Cookie=body:Language:english:id=-1"));
            return with_cookie("Cookie=sid=7a:Language:english:id=1;path=/");
        }
        _ => assert_eq!(header(sent, "Cookie"), Some("Cookie=sid=7a:Language:english:id=1"), "{}", sent.path),
    }
    match sent.path.as_str() {
        "/html/amp/opticinfo/opticinfo.asp" => page(include_str!("../../pages/huawei-hg8/optic.txt")),
        "/html/bbsp/common/getwanlist.asp" => page(include_str!("../../pages/huawei-hg8/wan.txt")),
        "/html/ssmp/deviceinfo/deviceinfo.asp" => page(include_str!("../../pages/huawei-hg8/device.txt")),
        "/html/amp/wlaninfo/getassociateddeviceinfo.asp" => page(include_str!("../../pages/huawei-hg8/wifi.txt")),
        "/html/ssmp/reset/reset.asp" => page(include_str!("../../pages/huawei-hg8/reset.txt")),
        _ => {
            assert!(sent.path.starts_with("/html/ssmp/reset/set.cgi?x="), "{}", sent.path);
            assert_eq!(body(sent), "x.X_HW_Token=0a1b2c3d4e5f60718293a4b5c6d7e8f9");
            Err(failure(FailureKind::Timeout, "silent", ""))
        }
    }
}

#[test]
fn an_onu_of_huawei_is_read_and_restarted() {
    let read = log_in("status-with-login", "Huawei", "HG8145V5", huawei).printed();
    let expected = "Ligado há: 1 d 9 h\nWAN: 🟢 conectada\nIP da WAN: 100.64.9.10\nSinal óptico recebido: -15,6 dBm 🟢\n\
                    Sinal óptico enviado: 2,3 dBm 🟢\nClientes Wi-Fi: 2\n";
    assert!(read.contains(expected), "{read}");
    let restarted = log_in("restart-with-login", "Huawei", "HG8145V5", huawei).printed();
    assert!(restarted.contains("situação desconhecida"), "{restarted}");
}

#[test]
fn an_onu_of_huawei_without_light_is_not_given_the_power_it_sends() {
    let read = log_in("status-with-login", "Huawei", "EG8145V5", |sent| match sent.path.as_str() {
        "/html/amp/opticinfo/opticinfo.asp" => page(include_str!("../../pages/huawei-hg8/optic-older.txt")),
        _ => huawei(sent),
    });
    let read = read.printed();
    assert!(
        read.contains("Sinal óptico enviado: 2,3 dBm 🟢\n")
            && read.contains("Não consegui ler: Sinal óptico recebido."),
        "{read}"
    );
}

#[test]
fn a_router_of_asus_is_logged_in_by_its_token() {
    let answer = log_in("status-with-login", "ASUS", "RT-AX88U", |sent| match sent.path.as_str() {
        "/login.cgi" => {
            assert_eq!(body(sent), "login_authorization=dMOpYyZuaWNvOnMzbmgiYSsgPQ%3D%3D");
            page(r#"{"asus_token":"abc123"}"#)
        }
        _ => {
            assert_eq!(header(sent, "Cookie"), Some("asus_token=abc123"));
            page(include_str!("../../pages/asuswrt/status.txt"))
        }
    });
    let expected = "Ligado há: 5 d 21 h\nWAN: 🟢 conectada\nIP da WAN: 100.64.4.4\n";
    assert!(answer.printed().contains(expected), "{}", answer.printed());
    assert_eq!(answer.sent.last().map(|sent| sent.path.as_str()), Some("/Logout.asp"));
}

#[test]
fn a_router_with_openwrt_is_told_its_session_in_every_call() {
    let answer = log_in("status-with-login", "OpenWrt", "X1", |sent| {
        let body = body(sent);
        match body.as_str() {
            _ if body.contains("\"login\"") => {
                assert!(body.contains(r#"{"username":"téc&nico","password":"s3nh\"a+ ="}"#), "{body}");
                page(r#"{"jsonrpc":"2.0","id":1,"result":[0,{"ubus_rpc_session":"5e55","timeout":300}]}"#)
            }
            _ if !body.contains(r#"["5e55","#) => {
                page(r#"{"jsonrpc":"2.0","error":{"code":-32002,"message":"Access denied"}}"#)
            }
            _ if body.contains("\"info\"") => page(include_str!("../../pages/openwrt-ubus/info.txt")),
            _ => page(include_str!("../../pages/openwrt-ubus/wan.txt")),
        }
    });
    let expected = "Ligado há: 30 min\nWAN: 🟢 conectada\nIP da WAN: 100.64.6.6\n";
    assert!(answer.printed().contains(expected), "{}", answer.printed());
}

#[test]
fn a_login_that_is_not_accepted_is_said_and_nothing_else_is_sent() {
    for (vendor, model, says) in [
        ("ASUS", "RT", r#"{"error_status":"3"}"#),
        ("OpenWrt", "X1", r#"{"jsonrpc":"2.0","id":1,"result":[6]}"#),
        ("Huawei", "HG8145", "0f1e"),
    ] {
        let answer = log_in("status-with-login", vendor, model, move |_| page(says));
        assert_eq!(answer.result.as_ref().expect_err("no login").code, "login", "{vendor}");
        assert!(answer.printed().contains("não aceitou o usuário e a senha"), "{}", answer.printed());
        assert!(answer.sent.len() <= 2 && !answer.printed().contains("s3nh"), "{vendor}");
    }
}

#[test]
fn without_a_password_the_way_to_type_one_is_offered() {
    for tool in ["status", "restart"] {
        let answer = ask(tool, "OpenWrt", |_| page(""));
        assert!(answer.sent.is_empty(), "every call names a session that nobody has");
        let printed = answer.printed();
        assert!(printed.contains(&format!("{tool}-with-login equipment=221011")), "{printed}");
    }
    let basic = log_in("status-with-login", "MikroTik", "X1", |_| page(""));
    assert_eq!((basic.sent.len(), basic.result.expect_err("it has no form").code.as_str()), (0, "no-form"));
}
