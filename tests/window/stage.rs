//! What a window needs around it: a display, a session bus, folders of its own, WebKit's driver.
//! Nothing outlives the test.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use harness::sign_in::{self, Login, Realm};
use harness::{Box as Sandbox, quai_program, root};
use serde_json::Value;

use crate::browser::Browser;

/// The window's program, with the page inside.
pub(crate) fn desktop_program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        if let Some(built) = std::env::var_os("QUAI_DESKTOP_PROGRAM") {
            return PathBuf::from(built);
        }
        assert!(
            root().join("ui/dist/index.html").exists(),
            "the page is not built: `npm ci && npm run build` in ui, or `cargo xtask test`"
        );
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let asked = ["build", "--quiet", "--package", "quai-desktop"];
        let built = Command::new(cargo).args(asked).current_dir(root()).status();
        assert!(built.is_ok_and(|s| s.success()), "`quai-desktop` does not build");
        quai_program().with_file_name("quai-desktop")
    })
}

/// The note of a window that had maps painted ahead, and what it says: the web view's version.
const PAINTED: &str = "data/painted";

fn web_view() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let asked = Command::new("pkg-config").args(["--modversion", "webkit2gtk-4.1"]).output();
        String::from_utf8_lossy(&asked.expect("pkg-config runs").stdout).trim().to_owned()
    })
}

/// A child that ends with its own children, and even when the test is killed.
#[derive(Debug)]
struct Process(Child);

/// The system ends what it starts when the one who asked dies.
const WITH_US: [&str; 3] = ["--pdeathsig", "KILL", "--"];

impl Process {
    fn start(command: &mut Command, what: &str) -> Self {
        let started = command.stdin(Stdio::null()).process_group(0).spawn();
        Self(started.unwrap_or_else(|e| panic!("{what} does not start ({e}): `cargo xtask test` installs it")))
    }

    fn first_line(&mut self) -> String {
        let mut line = String::new();
        let out = self.0.stdout.take().expect("a pipe");
        BufReader::new(out).read_line(&mut line).expect("a line");
        line.trim().to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.0.wait();
    }
}

#[derive(Debug)]
struct App {
    browser: Browser,
    driver: Process,
}

/// Fields end in the order in which they are written: the app before its display.
#[derive(Debug)]
pub(crate) struct Stage {
    app: Option<App>,
    environment: Vec<(String, String)>,
    own_sandbox: bool,
    keyring: Option<Process>,
    _bus: Process,
    _display: Process,
    pub(crate) folder: tempfile::TempDir,
}

impl Stage {
    /// A machine where Quai did nothing yet but have maps painted ahead, whose person reads this language (`fr`, `en`).
    pub(crate) fn new(language: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let screen = ["-displayfd", "1", "-screen", "0", "1600x900x24", "+extension", "GLX", "+render", "-noreset"];
        let mut display = Process::start(
            Command::new("setpriv")
                .args(WITH_US)
                .arg("Xvfb")
                .args(screen)
                .args(["-nolisten", "tcp"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
            "Xvfb",
        );
        let number = display.first_line();
        let address = format!("unix:path={}", folder.path().join("bus").display());
        let asked = ["--session", "--nofork", "--print-address=1", &format!("--address={address}")];
        let mut bus = Process::start(
            Command::new("setpriv")
                .args(WITH_US)
                .arg("dbus-daemon")
                .args(asked)
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
            "dbus-daemon",
        );
        let address = bus.first_line();
        let mut environment: Vec<(String, String)> = Vec::new();
        let mut set = |name: &str, value: String| environment.push((name.to_owned(), value));
        for (name, place) in [
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "home/.config"),
            ("XDG_DATA_HOME", "home/.local/share"),
            ("XDG_CACHE_HOME", "home/.cache"),
            ("XDG_RUNTIME_DIR", "run"),
            ("QUAI_DATA_DIR", "data"),
            ("QUAI_CONFIG_DIR", "config"),
        ] {
            let path = folder.path().join(place);
            std::fs::create_dir_all(&path).expect("a folder");
            set(name, path.display().to_string());
        }
        std::fs::write(folder.path().join(PAINTED), web_view()).expect("a note");
        set("DISPLAY", format!(":{number}"));
        set("DBUS_SESSION_BUS_ADDRESS", address);
        set("LANG", if language == "fr" { "fr_FR.UTF-8" } else { "en_GB.UTF-8" }.to_owned());
        for (name, value) in [("NO_AT_BRIDGE", "1"), ("GSETTINGS_BACKEND", "memory"), ("GDK_BACKEND", "x11")] {
            set(name, value.to_owned());
        }
        Self { app: None, environment, own_sandbox: true, keyring: None, _bus: bus, _display: display, folder }
    }

    /// Where not even maps were painted ahead.
    pub(crate) fn never_painted(self) -> Self {
        std::fs::remove_file(self.folder.path().join(PAINTED)).expect("no note");
        self
    }

    /// Whether maps were painted ahead, as the window notes it.
    pub(crate) fn is_painted(&self) -> bool {
        std::fs::read_to_string(self.folder.path().join(PAINTED)).is_ok_and(|note| note == web_view())
    }

    /// Signed in to a platform instead of having a sandbox of its own.
    pub(crate) fn signed_in_to(mut self, sandbox: &Sandbox) -> Self {
        for (name, member) in [
            ("QUAI_API_URL", "api"),
            ("QUAI_TOKEN_URL", "token_url"),
            ("QUAI_CLIENT_ID", "client_id"),
            ("QUAI_CLIENT_SECRET", "client_secret"),
            ("QUAI_USERNAME", "username"),
            ("QUAI_PASSWORD", "password"),
            ("QUAI_DATASTORE", "datastore"),
        ] {
            self.environment.push((name.to_owned(), sandbox.text(member)));
        }
        self
    }

    /// With the system's keychain, unlocked, and a browser to sign in with.
    pub(crate) fn with_keychain(mut self) -> Self {
        let mut ring = self.command("setpriv");
        self.keyring = Some(Process(sign_in::keyring(ring.args(WITH_US).arg("gnome-keyring-daemon").process_group(0))));
        self.with_browser()
    }

    /// With a browser to sign in with: its addresses are [`Self::next_opened`].
    pub(crate) fn with_browser(mut self) -> Self {
        let opener = sign_in::opener(self.folder.path(), &self.opened());
        self.set("BROWSER", &opener.display().to_string());
        self
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    fn opened(&self) -> PathBuf {
        self.folder.path().join("opened")
    }

    /// What the system's browser was told to open next, as soon as it was.
    pub(crate) fn next_opened(&self) -> String {
        sign_in::next_opened(&self.opened())
    }

    /// What the keychain holds for an account, by a tool that is not ours.
    pub(crate) fn kept(&self, user: &str) -> String {
        assert!(self.keyring.is_some(), "this session has no keychain");
        sign_in::kept(&mut self.command("secret-tool"), user)
    }

    /// The command line, by the same person: its exit code and its lines.
    pub(crate) fn quai(&self, words: &[&str]) -> (i32, Vec<Value>) {
        let output = self.command(quai_program()).args(words).output().expect("quai runs");
        (output.status.code().unwrap_or(-1), harness::lines(&output))
    }

    /// Adds a realm as a profile.
    pub(crate) fn add(&self, realm: &Realm, profile: &str) {
        assert_eq!(self.quai(&realm.words(profile)).0, 0);
    }

    /// Signs in by the command line.
    pub(crate) fn sign_in(&self, realm: &Realm, profile: &str) {
        let words = ["login", "--profile", profile, "--no-browser", "--json"];
        let login = Login::begin(self.command(quai_program()).args(words));
        realm.agree(&login.url);
        let (code, last, said) = login.end();
        assert_eq!(code, 0, "{last} {said}");
    }

    /// A command in this person's session.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        for name in ["LC_ALL", "LC_MESSAGES", "WAYLAND_DISPLAY", "QUAI_API_URL", "QUAI_TOKEN_URL"] {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().map(|(n, v)| (n, v)));
        command
    }

    /// Opens the window and waits for its page.
    pub(crate) fn open(&mut self) {
        self.open_with(&[]);
    }

    pub(crate) fn open_with(&mut self, files: &[PathBuf]) {
        self.open_program(desktop_program(), files);
    }

    pub(crate) fn open_program(&mut self, program: &Path, files: &[PathBuf]) {
        assert!(self.app.is_none(), "one window at a time");
        quai_program();
        self.app = (0..3).find_map(|_| self.driven(program, files));
        assert!(self.app.is_some(), "the window does not reach its driver");
        self.page().wait("html[data-ready]");
    }

    /// The program under a driver of its own; nothing when it did not stay.
    fn driven(&self, program: &Path, files: &[PathBuf]) -> Option<App> {
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
        let log = std::fs::File::create(self.folder.path().join("driver.log")).expect("a log");
        let mut command = self.command("setpriv");
        command
            .args(WITH_US)
            .arg("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .envs([("TAURI_AUTOMATION", "true"), ("TAURI_WEBVIEW_AUTOMATION", "true")])
            .stdout(log.try_clone().expect("a log"))
            .stderr(log);
        let driver = Process::start(&mut command, "WebKitWebDriver");
        let arguments: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
        let browser = Browser::open(port, program, &arguments)?;
        Some(App { browser, driver })
    }

    pub(crate) fn page(&self) -> &Browser {
        &self.app.as_ref().expect("a window").browser
    }

    /// The program's process: the driver started it.
    pub(crate) fn process(&self) -> u32 {
        let driver = self.app.as_ref().expect("a window").driver.0.id();
        let children = format!("/proc/{driver}/task/{driver}/children");
        let children = std::fs::read_to_string(children).expect("the driver's children");
        let mut children = children.split_whitespace().filter_map(|n| n.parse().ok());
        children.next().expect("the driver's child")
    }

    /// The power fails: no warning, nothing is put away.
    pub(crate) fn kill(&mut self) {
        let process = self.process().to_string();
        let killed = Command::new("kill").args(["-KILL", &process]).status();
        assert!(killed.is_ok_and(|s| s.success()), "the window was not there to kill");
        self.end(&process);
    }

    /// The driver ends, and the window is gone for good: another may open.
    fn end(&mut self, process: &str) {
        self.app = None;
        let begun = Instant::now();
        let lives =
            |stat: String| stat.rsplit(')').next().is_some_and(|rest| !rest.trim_start().starts_with(['Z', 'X']));
        while std::fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(lives) {
            assert!(begun.elapsed() < Duration::from_secs(20), "the window does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The window is closed.
    pub(crate) fn close(&mut self) {
        let process = self.process().to_string();
        self.page().close();
        self.end(&process);
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(app) = &self.app {
            if std::thread::panicking() {
                let test = std::thread::current().name().unwrap_or("window").replace("::", "-");
                let picture = root().join("tests/artefacts").join(format!("{test}.png"));
                app.browser.picture(&picture);
                let log = std::fs::read_to_string(self.folder.path().join("driver.log")).unwrap_or_default();
                eprintln!("what the window showed: {}\nwhat it said:\n{log}", picture.display());
            }
            app.browser.close();
        }
        self.app = None;
        if self.own_sandbox {
            let _ = self
                .command(quai_program())
                .args(["sandbox", "stop"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
        }
    }
}
