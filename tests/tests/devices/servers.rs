//! Web servers as devices have them, from the packages of Debian: `busybox httpd` for HTTP Basic and for pages that are
//! scripts, lighttpd for Digest and TLS. Each test starts its own on a port nobody else has, in a folder of its own, and
//! both are gone when the test is over. A missing program fails the test, with the name of its package.

use std::fmt::Write as _;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use tokio::task::JoinSet;

/// What a family of devices serves: where its pages stand and what is in them, by its profile.
pub(crate) struct Site {
    pub(crate) vendor: &'static str,
    pages: &'static [(&'static str, &'static str)],
    restart: &'static str,
}

pub(crate) const MIKROTIK: Site = Site {
    vendor: "MikroTik",
    pages: &[
        ("rest/system/resource", "mikrotik-rest/resource.txt"),
        ("rest/ip/dhcp-client", "mikrotik-rest/dhcp-client.txt"),
        ("rest/interface/wireless/registration-table", "mikrotik-rest/wireless.txt"),
    ],
    restart: "rest/system/reboot",
};

pub(crate) const DD_WRT: Site = Site {
    vendor: "DD-WRT",
    pages: &[("Status_Internet.live.asp", "dd-wrt/internet.txt"), ("Status_Wireless.live.asp", "dd-wrt/wireless.txt")],
    restart: "apply.cgi",
};

pub(crate) const REALTEK: Site = Site {
    vendor: "Realtek",
    pages: &[
        ("status.asp", "realtek-boa/status.txt"),
        ("status_pon.asp", "realtek-boa/pon.txt"),
        ("admin/wlstatbl.asp", "realtek-boa/wifi.txt"),
    ],
    restart: "boaform/admin/formReboot",
};

/// It serves nothing without a token, which its form answers with.
pub(crate) const ASUS: Site =
    Site { vendor: "ASUS", pages: &[("ajax_status.xml", "asuswrt/status.txt")], restart: "applyapp.cgi" };

impl Site {
    /// Lays the pages out below a folder, and a restart that is counted and answers this status.
    fn lay_out(&self, folder: &Path, restart_answers: &str) {
        for (path, page) in self.pages {
            write(&folder.join("www").join(path), &self.page(page));
        }
        let counter = folder.join("restarts");
        let script = format!(
            "cat > /dev/null\necho \"$REQUEST_METHOD\" >> {}\n\
             printf 'Status: {restart_answers}\\r\\nContent-Type: text/plain\\r\\n\\r\\n'\n",
            counter.display()
        );
        write(&folder.join("www").join(self.restart), &script);
    }

    fn page(&self, name: &str) -> String {
        let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/device-http/pages");
        fs::read_to_string(pages.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// As a device with a login form does it: each page is a script that looks for the cookie of a session, and says
    /// `without` where there is none.
    fn lay_out_behind_a_form(&self, folder: &Path, without: &str) {
        for (path, page) in self.pages {
            let page = self.page(page);
            let script = format!(
                "case \"$HTTP_COOKIE\" in *sid={SESSION}*) printf 'Status: 200 OK\\r\\n\\r\\n'; cat <<'PAGE'\n{page}\nPAGE\n\
                 ;; *) printf '{without}' ;; esac\n"
            );
            write(&folder.join("www").join(path), &script);
        }
        let login = format!(
            "read -r form\ncase \"$form\" in 'username={USER}&password={PASSWORD}')\n\
             printf 'Status: 302 Found\\r\\nSet-Cookie: sid={SESSION}; path=/\\r\\nLocation: /status.asp\\r\\n\\r\\n' ;;\n\
             *) printf 'Status: 302 Found\\r\\nLocation: /login.html\\r\\n\\r\\n' ;; esac\n"
        );
        write(&folder.join("www/login.cgi"), &login);
    }
}

/// A router of ASUS: a form that answers with a token, pages that want it in a cookie, and an end of the session.
fn lay_out_with_a_token(folder: &Path) {
    let www = folder.join("www");
    let login = format!(
        "read -r form\ncase \"$form\" in 'login_authorization={USER_AND_PASSWORD_AS_BASIC_IN_A_FORM}')\n\
         printf 'Status: 200 OK\\r\\n\\r\\n{{\"asus_token\":\"{SESSION}\"}}' ;;\n\
         *) printf 'Status: 200 OK\\r\\n\\r\\n{{\"error_status\":\"3\"}}' ;; esac\n"
    );
    write(&www.join("login.cgi"), &login);
    let inside = |yes: &str| {
        format!(
            "cat > /dev/null\ncase \"$HTTP_COOKIE\" in asus_token={SESSION}) printf 'Status: 200 OK\\r\\n\\r\\n'; {yes}\n\
             ;; *) printf 'Status: 302 Found\\r\\nLocation: /Main_Login.asp\\r\\n\\r\\n' ;; esac\n"
        )
    };
    for (path, page) in ASUS.pages {
        write(&www.join(path), &inside(&format!("cat <<'PAGE'\n{}\nPAGE", ASUS.page(page))));
    }
    let count = |name: &str| inside(&format!("echo \"$REQUEST_METHOD\" >> {}", folder.join(name).display()));
    write(&www.join(ASUS.restart), &count("restarts"));
    write(&www.join("Logout.asp"), &count("logouts"));
}

/// The one account of every server here.
pub(crate) const USER: &str = "suporte";
/// Its password; the colon belongs to it.
pub(crate) const PASSWORD: &str = "nunca:Dito-7731";
/// The two as HTTP Basic carries them.
pub(crate) const USER_AND_PASSWORD_AS_BASIC: &str = "c3Vwb3J0ZTpudW5jYTpEaXRvLTc3MzE=";
/// The same as a value of a form.
const USER_AND_PASSWORD_AS_BASIC_IN_A_FORM: &str = "c3Vwb3J0ZTpudW5jYTpEaXRvLTc3MzE%3D";
/// The cookie of a session that began with the form; of the length of one that a recording is searched for.
pub(crate) const SESSION: &str = "8f3a9c5be1d2";

/// A busybox for each connection, as inetd starts it.
pub(crate) struct Busybox {
    pub(crate) port: u16,
    folder: TempDir,
    connections: Arc<AtomicUsize>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Busybox {
    /// Everything behind HTTP Basic.
    pub(crate) fn with_basic(site: &Site) -> Self {
        Self::start(&format!("/:{USER}:{PASSWORD}\n*.cgi:/bin/sh\n"), |folder| site.lay_out(folder, "200 OK"))
    }

    /// Nothing behind a login; a restart answers this status.
    pub(crate) fn open(site: &Site, restart_answers: &str) -> Self {
        Self::start("*.cgi:/bin/sh\n", |folder| site.lay_out(folder, restart_answers))
    }

    /// Everything behind a form; without a session, a page is this head.
    pub(crate) fn with_a_form(site: &Site, without: &str) -> Self {
        Self::start("*.cgi:/bin/sh\n*.asp:/bin/sh\n", |folder| site.lay_out_behind_a_form(folder, without))
    }

    /// A router of ASUS, with its token.
    pub(crate) fn with_a_token() -> Self {
        Self::start("*.cgi:/bin/sh\n*.asp:/bin/sh\n*.xml:/bin/sh\n", lay_out_with_a_token)
    }

    /// How many sessions were ended.
    pub(crate) fn logouts(&self) -> usize {
        fs::read_to_string(self.folder.path().join("logouts")).map_or(0, |log| log.lines().count())
    }

    fn start(configuration: &str, lay_out: impl FnOnce(&Path)) -> Self {
        let program = program("busybox", "busybox");
        let folder = folder();
        lay_out(folder.path());
        write(&folder.path().join("httpd.conf"), configuration);
        let (listener, port) = listener();
        listener.set_nonblocking(true).expect("a socket can be told not to block");
        let listener = tokio::net::TcpListener::from_std(listener).expect("the listener is watched");
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        let home = folder.path().to_owned();
        let accepting = tokio::spawn(async move {
            let mut serving = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.expect("a connection is accepted");
                counted.fetch_add(1, Ordering::SeqCst);
                let stream = stream.into_std().expect("the stream is free");
                stream.set_nonblocking(false).expect("a socket can be told to block");
                let stream = OwnedFd::from(stream);
                let mut httpd = tokio::process::Command::new(&program);
                httpd.args(["httpd", "-i", "-h", "www", "-c"]).arg(home.join("httpd.conf")).current_dir(&home);
                httpd.stdout(stream.try_clone().expect("a socket can be shared")).stdin(stream).stderr(Stdio::null());
                let mut httpd = httpd.kill_on_drop(true).spawn().expect("busybox starts");
                serving.spawn(async move { httpd.wait().await });
            }
        });
        Self { port, folder, connections, accepting }
    }

    /// How many connections came.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The methods of the requests that restarted it.
    pub(crate) fn restarts(&self) -> Vec<String> {
        restarts(self.folder.path())
    }
}

impl Drop for Busybox {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// A lighttpd.
pub(crate) struct Lighttpd {
    pub(crate) port: u16,
    folder: TempDir,
    running: Child,
}

impl Lighttpd {
    /// Everything behind HTTP Digest with this algorithm, `MD5` or `SHA-256`, or both with a bar between.
    pub(crate) fn with_digest(site: &Site, algorithm: &str) -> Self {
        Self::start(|folder| {
            site.lay_out(folder, "200 OK");
            digest(site, folder, algorithm)
        })
    }

    /// Digest over TLS, with the certificate that openssl makes from these arguments.
    pub(crate) fn with_digest_and_tls(site: &Site, certificate: &[&str]) -> Self {
        Self::start(|folder| {
            site.lay_out(folder, "200 OK");
            make_certificate(folder, certificate);
            // What openssl of today would not serve with, devices do.
            let settings = "server.modules += ( \"mod_openssl\" )\nssl.engine = \"enable\"\n\
                ssl.openssl.ssl-conf-cmd = ( \"CipherString\" => \"DEFAULT:@SECLEVEL=0\" )\n";
            let at = folder.display();
            digest(site, folder, "MD5")
                + &format!("{settings}ssl.pemfile = \"{at}/certificate.pem\"\nssl.privkey = \"{at}/key.pem\"\n")
        })
    }

    /// Each page is elsewhere.
    pub(crate) fn that_sends_on_to(place: &str) -> Self {
        Self::start(|_| {
            format!("server.modules += ( \"mod_redirect\" )\nurl.redirect = ( \"^(.*)$\" => \"{place}$1\" )\n")
        })
    }

    /// The listening socket is made here and handed over: no two tests can get one port, and a request may be sent at
    /// once.
    fn start(settings: impl FnOnce(&Path) -> String) -> Self {
        let program = program("lighttpd", "lighttpd");
        let folder = folder();
        fs::create_dir_all(folder.path().join("www")).expect("a folder can be made");
        let settings = settings(folder.path());
        let at = folder.path().display();
        let file = folder.path().join("lighttpd.conf");
        let configuration = format!(
            "server.modules = ( \"mod_auth\", \"mod_authn_file\", \"mod_cgi\", \"mod_accesslog\" )\n\
             server.document-root = \"{at}/www\"\nserver.bind = \"/dev/stdin\"\nserver.errorlog = \"{at}/error.log\"\n\
             accesslog.filename = \"{at}/access.log\"\naccesslog.format = \"%m %U %s\"\n{settings}"
        );
        write(&file, &configuration);
        let (listener, port) = listener();
        let shared = OwnedFd::from(listener.try_clone().expect("a socket can be shared"));
        let mut check = Command::new(&program);
        let checked = check.arg("-tt").arg("-f").arg(&file).stdin(shared).output().expect("lighttpd starts");
        let said = String::from_utf8_lossy(&checked.stderr);
        assert!(
            checked.status.success(),
            "lighttpd cannot (for TLS, install the package lighttpd-mod-openssl): {said}"
        );
        let mut lighttpd = Command::new(&program);
        lighttpd.arg("-D").arg("-f").arg(&file).stdin(OwnedFd::from(listener)).stderr(Stdio::null());
        Self { port, running: lighttpd.spawn().expect("lighttpd starts"), folder }
    }

    /// The methods of the requests that restarted it.
    pub(crate) fn restarts(&self) -> Vec<String> {
        restarts(self.folder.path())
    }

    /// What it served, each as method, path and status. It writes its log when it ends.
    pub(crate) fn end(mut self) -> Vec<String> {
        let asked = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.running.id())]).status();
        assert!(asked.is_ok_and(|status| status.success()), "lighttpd was not there any more");
        self.running.wait().expect("lighttpd ends");
        let log = fs::read_to_string(self.folder.path().join("access.log")).unwrap_or_default();
        log.lines().map(ToOwned::to_owned).collect()
    }
}

impl Drop for Lighttpd {
    fn drop(&mut self) {
        // It may have ended by itself.
        _ = self.running.kill();
        _ = self.running.wait();
    }
}

/// The settings of a login by Digest, and the file of its accounts.
fn digest(site: &Site, folder: &Path, algorithm: &str) -> String {
    let mut accounts = String::new();
    for (name, sum) in [("MD5", "md5sum"), ("SHA-256", "sha256sum")] {
        if algorithm.contains(name) {
            let line = format!("printf '{USER}:ONU:{PASSWORD}' | {sum} | cut -d ' ' -f 1");
            let hashed = Command::new("sh").args(["-c", &line]).output().expect("a shell starts");
            _ = write!(accounts, "{USER}:ONU:{}", String::from_utf8_lossy(&hashed.stdout));
        }
    }
    write(&folder.join("accounts"), &accounts);
    format!(
        "auth.backend = \"htdigest\"\nauth.backend.htdigest.userfile = \"{}/accounts\"\n\
         auth.require = ( \"/\" => ( \"method\" => \"digest\", \"realm\" => \"ONU\", \"algorithm\" => \"{algorithm}\", \
         \"require\" => \"valid-user\" ) )\ncgi.assign = ( \"{}\" => \"/bin/sh\" )\n",
        folder.display(),
        site.restart
    )
}

/// A certificate that nobody else vouches for, and its key, as `certificate.pem` and `key.pem`.
pub(crate) fn make_certificate(folder: &Path, arguments: &[&str]) {
    // Without extensions asked for, it is a certificate of version 1.
    write(&folder.join("v1.cnf"), "[req]\ndistinguished_name = name\n[name]\n");
    let mut openssl = Command::new(program("openssl", "openssl"));
    openssl.args(["req", "-x509", "-nodes", "-days", "1", "-subj", "/CN=192.168.1.1"]).args(arguments);
    openssl.args(["-keyout", "key.pem", "-out", "certificate.pem"]).current_dir(folder);
    let made = openssl.output().expect("openssl starts");
    assert!(made.status.success(), "no certificate: {}", String::from_utf8_lossy(&made.stderr));
}

/// A program of Debian, wherever it lies: what serves is not on everybody's path.
fn program(name: &str, package: &str) -> PathBuf {
    let folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];
    let found = folders.iter().map(|folder| Path::new(folder).join(name)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("this test needs the program {name}: install the Debian package {package}"))
}

pub(crate) fn folder() -> TempDir {
    tempfile::Builder::new().prefix("bote-devices-").tempdir().expect("there is a folder for temporary files")
}

fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port is found");
    let port = listener.local_addr().expect("a listener has an address").port();
    (listener, port)
}

fn write(file: &Path, text: &str) {
    fs::create_dir_all(file.parent().expect("a file lies in a folder")).expect("a folder can be made");
    fs::write(file, text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
}

fn restarts(folder: &Path) -> Vec<String> {
    let counted = fs::read_to_string(folder.join("restarts")).unwrap_or_default();
    counted.lines().map(ToOwned::to_owned).collect()
}
