//! What every journey needs: the true `quai`, a sandbox of its own, GDAL as a stranger would use it.

pub mod search;
pub mod sign_in;

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// The project's folder.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// A sample, by its path in `samples`.
#[must_use]
pub fn sample(path: &str) -> PathBuf {
    root().join("samples").join(path)
}

/// The command line, built when it is not.
pub fn quai_program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        // `cargo xtask test` built it already
        if let Some(built) = std::env::var_os("QUAI_PROGRAM") {
            return PathBuf::from(built);
        }
        let own = std::env::current_exe().expect("a test has a program");
        let folder = own.parent().and_then(Path::parent).expect("target/debug").to_owned();
        let program = folder.join(format!("quai{}", std::env::consts::EXE_SUFFIX));
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        // quick when it is up to date, and then it is sure to be
        let built = Command::new(cargo).args(["build", "--quiet", "--package", "quai"]).current_dir(root()).status();
        assert!(built.is_ok_and(|s| s.success()), "`quai` does not build");
        program
    })
}

/// A place of its own: data, settings, and a sandbox that ends with it.
#[derive(Debug)]
pub struct Box {
    pub folder: tempfile::TempDir,
    pub ready: Value,
    child: Child,
}

impl Drop for Box {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn start(folder: &Path, address: &str, switches: &[&str]) -> (Child, Value) {
    let mut command = Command::new(quai_program());
    command.args(["sandbox", "run", "--listen", address, "--data"]).arg(folder.join("sandbox"));
    for switch in ["stage_milliseconds=5"].iter().chain(switches) {
        command.args(["--switch", switch]);
    }
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("quai sandbox starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a first line");
    let ready = serde_json::from_str(&line).unwrap_or_else(|e| panic!("not ready: {e}: {line}"));
    (child, ready)
}

impl Default for Box {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl Box {
    /// Starts a sandbox with these switches, on a free port.
    #[must_use]
    pub fn new(switches: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (child, ready) = start(folder.path(), "127.0.0.1:0", switches);
        Self { folder, ready, child }
    }

    /// The sandbox dies without warning, and is started again at the same address, on the same data.
    pub fn crash(&mut self, switches: &[&str]) {
        self.child.kill().expect("a kill");
        self.child.wait().expect("an end");
        let address = self.text("api").trim_start_matches("http://").trim_end_matches("/api").to_owned();
        (self.child, self.ready) = start(self.folder.path(), &address, switches);
    }

    /// A member of the ready line.
    #[must_use]
    pub fn text(&self, member: &str) -> String {
        self.ready[member].as_str().unwrap_or_default().to_owned()
    }

    /// An address of a service.
    #[must_use]
    pub fn service(&self, name: &str) -> String {
        self.ready["services"][name].as_str().unwrap_or_default().to_owned()
    }

    /// `quai`, signed in to this sandbox.
    #[must_use]
    pub fn quai(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(quai_program());
        command
            .args(arguments)
            .env("QUAI_DATA_DIR", self.folder.path().join("data"))
            .env("QUAI_CONFIG_DIR", self.folder.path().join("config"))
            .env("LANG", "C.UTF-8")
            .env("QUAI_API_URL", self.text("api"))
            .env("QUAI_TOKEN_URL", self.text("token_url"))
            .env("QUAI_CLIENT_ID", self.text("client_id"))
            .env("QUAI_CLIENT_SECRET", self.text("client_secret"))
            .env("QUAI_USERNAME", self.text("username"))
            .env("QUAI_PASSWORD", self.text("password"))
            .env("QUAI_DATASTORE", self.text("datastore"));
        command
    }

    /// Publishes and gives the last line.
    #[must_use]
    pub fn publish(&self, path: &Path, services: &str, name: &str, more: &[&str]) -> Value {
        let path = path.display().to_string();
        let mut arguments = vec!["publish", &path, "--as", services, "--name", name, "--yes", "--json"];
        arguments.extend(more);
        let output = self.quai(&arguments).output().expect("quai runs");
        let last = last_line(&output);
        assert_eq!(
            output.status.code(),
            Some(0),
            "publishing {path}: {last}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        last
    }

    /// A list of the API, whole.
    #[must_use]
    pub fn list(&self, what: &str) -> Vec<Value> {
        let url = format!("{}/datastores/{}/{what}", self.text("api"), self.text("datastore"));
        let join = if what.contains('?') { '&' } else { '?' };
        let answer = http().get(format!("{url}{join}limit=100")).bearer_auth(self.token()).send().expect("an answer");
        answer.json().expect("a list")
    }

    /// A bearer token.
    #[must_use]
    pub fn token(&self) -> String {
        let form = [
            ("grant_type", "password".to_owned()),
            ("client_id", self.text("client_id")),
            ("client_secret", self.text("client_secret")),
            ("username", self.text("username")),
            ("password", self.text("password")),
        ];
        let answer: Value =
            http().post(self.text("token_url")).form(&form).send().expect("an answer").json().expect("a token");
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    /// The requests that the sandbox served to its API, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Value> {
        let origin = self.text("api").trim_end_matches("/api").to_owned();
        http().get(format!("{origin}/sandbox/requests")).send().expect("an answer").json().expect("a list")
    }
}

/// The last line of standard output, as JSON.
#[must_use]
pub fn last_line(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().last().and_then(|l| serde_json::from_str(l).ok()).unwrap_or_default()
}

/// Every line of standard output, as JSON.
#[must_use]
pub fn lines(output: &Output) -> Vec<Value> {
    String::from_utf8_lossy(&output.stdout).lines().filter_map(|l| serde_json::from_str(l).ok()).collect()
}

/// An HTTP client.
#[must_use]
pub fn http() -> reqwest::blocking::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::blocking::Client::new()
}

/// The bytes at an address; fails unless the answer is a success.
#[must_use]
pub fn fetch(url: &str) -> Vec<u8> {
    let mut answer = http().get(url).send().expect("an answer");
    assert!(answer.status().is_success(), "{url}: {}", answer.status());
    let mut bytes = Vec::new();
    answer.read_to_end(&mut bytes).expect("a body");
    bytes
}

/// Adds what the files of a folder hold, each under its path.
pub fn files(folder: &Path, into: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, into);
        } else if let (true, Ok(bytes)) = (path.is_file(), std::fs::read(&path)) {
            into.push((path.display().to_string(), bytes));
        }
    }
}

/// The command lines of this machine's processes of ours: arguments are seen by all.
#[must_use]
pub fn process_lines() -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let path = entry.path();
        let program = std::fs::read_to_string(path.join("comm")).unwrap_or_default();
        if program.starts_with("quai") {
            all.extend(std::fs::read(path.join("cmdline")).unwrap_or_default());
            all.push(b'\n');
        }
    }
    all
}

/// Runs one of GDAL's own programs and gives what it printed. Tiles of services are not kept on the disk.
#[must_use]
pub fn gdal(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .env("GDAL_ENABLE_WMS_CACHE", "NO")
        .args(arguments)
        .output()
        .unwrap_or_else(|e| panic!("{program}: {e}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

/// What `ogrinfo` says of a layer: how many features, and its box.
#[must_use]
pub fn count_and_extent(source: &str, layer: &str) -> (u64, Option<[f64; 4]>) {
    let text = gdal("ogrinfo", &["-so", source, layer]);
    let count = text
        .lines()
        .find_map(|l| l.strip_prefix("Feature Count: "))
        .and_then(|n| n.trim().parse().ok())
        .unwrap_or_else(|| panic!("no count in {text}"));
    let numbers: Vec<f64> = text
        .lines()
        .find_map(|l| l.strip_prefix("Extent: "))
        .map(|l| l.replace(['(', ')', ','], " ").replace(" - ", " "))
        .map(|l| l.split_whitespace().filter_map(|n| n.parse().ok()).collect())
        .unwrap_or_default();
    (count, numbers.try_into().ok())
}
