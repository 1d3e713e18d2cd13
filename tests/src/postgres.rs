//! A throw-away PostgreSQL for one test program: started on first use with the settings of a real one, gone with the
//! program, also when that is killed. A missing server fails, it never skips.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// Names a running server to be used instead, for example `postgres://bote@localhost:5432/bote`.
pub const URL_VARIABLE: &str = "BOTE_TEST_POSTGRES_URL";

/// Makes a cluster in its working folder, says `ready`, and takes everything away again when its input ends: when the
/// test program does, however it ends. The programs of PostgreSQL are in `$1`, the folder is `$2`.
///
/// Texts are ordered as in Portuguese, as a provider's server does it: what a store compares byte by byte, it must ask
/// for. Servers before version 15 cannot be told so.
const SUPERVISOR: &str = r#"
trap '' PIPE
{
    settings="--pgdata=data --username=bote --auth=trust --encoding=UTF8 --locale=C --no-sync"
    { "$1/initdb" $settings --locale-provider=icu --icu-locale=pt-BR || "$1/initdb" $settings; } &&
    printf "%s\n" "listen_addresses = ''" "unix_socket_directories = '$2'" "port = 5432" "max_connections = 200" \
        "fsync = on" >>data/postgresql.conf &&
    "$1/pg_ctl" --pgdata=data --log=server.log --wait --timeout=60 start
} >start.log 2>&1 </dev/null
if [ $? -eq 0 ]; then
    echo ready
    cat >/dev/null
    "$1/pg_ctl" --pgdata=data --mode=fast --wait --timeout=60 stop >/dev/null 2>&1
else
    cat start.log server.log 2>/dev/null
fi
cd / && rm -rf "$2"
"#;

/// A server with one empty database.
#[derive(Debug)]
pub struct Cluster {
    url: String,
    /// Holds the supervisor's input open; `None` for a server that is not ours.
    supervisor: Option<Child>,
}

impl Cluster {
    /// The server of this test program.
    ///
    /// # Panics
    ///
    /// When there is none and none can be started.
    pub fn shared() -> &'static Self {
        static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
        match CLUSTER.get_or_init(Self::find) {
            Ok(cluster) => cluster,
            Err(why) => panic!("these tests need PostgreSQL: {why}"),
        }
    }

    /// The database, as an URL for `StoreOptions`.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// A schema, made when it is missing, as an URL for programs that know of no schemas.
    ///
    /// # Panics
    ///
    /// When the server does not answer.
    pub async fn url_of(&self, schema: &str) -> String {
        let mut connection = PgConnection::connect(&self.url).await.expect("the server of the tests answers");
        let make = format!("CREATE SCHEMA IF NOT EXISTS \"{schema}\"");
        sqlx::raw_sql(AssertSqlSafe(make)).execute(&mut connection).await.expect("schemas can be made");
        let separator = if self.url.contains('?') { '&' } else { '?' };
        format!("{}{separator}options[search_path]={schema}", self.url)
    }

    /// Drops a schema, and with it what a test wrote. Our own server goes whole and is spared the work.
    ///
    /// # Panics
    ///
    /// When the server does not answer.
    pub async fn clear(&self, schema: &str) {
        if self.supervisor.is_some() {
            return;
        }
        let mut connection = PgConnection::connect(&self.url).await.expect("the server of the tests answers");
        let drop = format!("DROP SCHEMA IF EXISTS \"{schema}\" CASCADE");
        sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut connection).await.expect("the schema is not in use");
    }

    #[allow(clippy::disallowed_methods, reason = "tests have no configuration; this variable is theirs alone")]
    fn find() -> Result<Self, String> {
        match std::env::var(URL_VARIABLE) {
            Ok(url) => Ok(Self { url, supervisor: None }),
            Err(_) => Self::start(),
        }
    }

    fn start() -> Result<Self, String> {
        let programs = programs()?;
        let folder = tempfile::Builder::new().prefix("bote-postgres-").tempdir();
        // The supervisor removes the folder; it outlives this program by a moment.
        let folder = folder.map_err(|e| format!("no temporary folder: {e}"))?.keep();
        let mut command = Command::new("sh");
        command
            .args(["-c", SUPERVISOR, "bote-postgres"])
            .arg(&programs)
            .arg(&folder)
            .current_dir(&folder)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Ctrl-C is for the test program; its end is what the supervisor waits for.
            .process_group(0);
        if let Some((user, group)) = other_than_root(&folder)? {
            chown(&folder, Some(user), Some(group)).map_err(|e| format!("the folder cannot be given away: {e}"))?;
            command.uid(user).gid(group);
        }
        let mut supervisor = command.spawn().map_err(|e| format!("no shell in {}: {e}", folder.display()))?;

        let mut said = BufReader::new(supervisor.stdout.take().ok_or("the supervisor has no output")?);
        let mut first = String::new();
        said.read_line(&mut first).map_err(|e| format!("the supervisor was not heard: {e}"))?;
        if first == "ready\n" {
            let url = format!("postgres://bote@localhost:5432/postgres?host={}", folder.display());
            return Ok(Self { url, supervisor: Some(supervisor) });
        }
        let mut rest = String::new();
        said.read_to_string(&mut rest).map_err(|e| format!("the supervisor was not heard: {e}"))?;
        Err(format!("the server in {} did not start:\n{first}{rest}", programs.display()))
    }
}

/// A name for a schema that nobody else uses, also not on a server that earlier runs used.
pub fn fresh_schema() -> String {
    format!("test_{}", uuid::Uuid::now_v7().simple())
}

/// The folder of `initdb` and `pg_ctl`: the newest of those where packages put them, else the one on the path.
#[allow(clippy::disallowed_methods, reason = "where programs are is said by the environment of the tests")]
fn programs() -> Result<PathBuf, String> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut packaged: Vec<(u32, PathBuf)> = versions
        .filter_map(|version| Some((version.file_name().to_str()?.parse().ok()?, version.path().join("bin"))))
        .collect();
    packaged.sort_by(|a, b| b.cmp(a));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let complete = |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file();
    let mut folders = packaged.into_iter().map(|(_, folder)| folder).chain(std::env::split_paths(&path));
    folders.find(complete).ok_or_else(|| {
        format!(
            "its server programs (initdb, pg_ctl) are neither in /usr/lib/postgresql/*/bin nor on the PATH. \
             Install them (Debian and Ubuntu: apt-get install postgresql; Fedora: dnf install postgresql-server) \
             or name a server in {URL_VARIABLE}"
        )
    })
}

/// The user and group the server runs as when these tests run as root, which PostgreSQL refuses to be.
fn other_than_root(ours: &Path) -> Result<Option<(u32, u32)>, String> {
    let owner = fs::metadata(ours).map_err(|e| format!("{} is gone: {e}", ours.display()))?.uid();
    if owner != 0 {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd").map_err(|e| format!("no list of accounts: {e}"))?;
    let account = |name: &str| {
        let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    match account("postgres").or_else(|| account("nobody")) {
        Some(found) => Ok(Some(found)),
        None => Err("PostgreSQL does not run as root, and there is neither a user postgres nor nobody".into()),
    }
}
