//! A place of one's own for each test: folders, a session bus with an unlocked keyring, a provider,
//! a browser. All of it ends with the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use harness::{Box as Sandbox, quai_program, root};
use serde_json::Value;

/// Ends a process of this test.
pub(crate) struct Ends(pub(crate) Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The provider's folder, where `npm ci` put what it needs.
pub(crate) fn node_folder() -> PathBuf {
    let folder = root().join("tests/signin/provider");
    assert!(folder.join("node_modules/oidc-provider").exists(), "run `npm ci` in {}", folder.display());
    folder
}

/// Folders and a keyring.
pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
    bus: Option<(String, Ends, Ends)>,
}

impl Place {
    /// With a Secret Service of its own, unlocked.
    pub(crate) fn new() -> Self {
        let mut place = Self::without_keychain();
        let folder = place.folder.path();
        for name in ["share", "run", "home"] {
            std::fs::create_dir_all(folder.join(name)).expect("a folder");
        }
        let mut bus = Command::new("dbus-daemon");
        bus.args(["--session", "--nofork", "--print-address"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut bus = bus.env("XDG_RUNTIME_DIR", folder.join("run")).spawn().expect("dbus-daemon starts");
        let mut address = String::new();
        BufReader::new(bus.stdout.take().expect("a pipe")).read_line(&mut address).expect("an address");
        let address = address.trim().to_owned();
        let mut ring = Command::new("gnome-keyring-daemon");
        ring.args(["--foreground", "--unlock", "--components=secrets"]).stdin(Stdio::piped());
        ring.env("DBUS_SESSION_BUS_ADDRESS", &address).env("XDG_DATA_HOME", folder.join("share"));
        ring.env("XDG_RUNTIME_DIR", folder.join("run")).env("HOME", folder.join("home"));
        let mut ring = ring.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("gnome-keyring-daemon starts");
        ring.stdin.take().expect("a pipe").write_all(b"test").expect("a password");
        // it says where its sockets are once it is there
        let mut said = String::new();
        BufReader::new(ring.stdout.take().expect("a pipe")).read_line(&mut said).expect("a line");
        place.bus = Some((address, Ends(bus), Ends(ring)));
        place
    }

    /// With no session bus at all.
    pub(crate) fn without_keychain() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), bus: None }
    }

    fn clean(&self, mut command: Command) -> Command {
        for (name, _) in std::env::vars() {
            let proxy = name.to_lowercase();
            if name.starts_with("QUAI_") && name != "QUAI_PROGRAM" || proxy.ends_with("_proxy") {
                command.env_remove(name);
            }
        }
        let folder = self.folder.path();
        command.env("QUAI_DATA_DIR", folder.join("data")).env("QUAI_CONFIG_DIR", folder.join("config"));
        command.env("HOME", folder.join("home")).env("XDG_RUNTIME_DIR", folder.join("run"));
        command.env("LANG", "C.UTF-8").env_remove("DISPLAY").env_remove("DBUS_SESSION_BUS_ADDRESS");
        if let Some((address, ..)) = &self.bus {
            command.env("DBUS_SESSION_BUS_ADDRESS", address);
        }
        command
    }

    pub(crate) fn quai(&self, words: &[&str]) -> Command {
        let mut command = self.clean(Command::new(quai_program()));
        command.args(words);
        command
    }

    /// Runs it; gives its exit code, the lines of JSON and what it told people.
    pub(crate) fn run(&self, words: &[&str]) -> (i32, Vec<Value>, String) {
        let output = self.quai(words).output().expect("quai runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code().unwrap_or(-1), harness::lines(&output), said)
    }

    /// What the Secret Service holds for an account, by a tool that is not ours.
    pub(crate) fn kept(&self, user: &str) -> String {
        let mut tool = self.clean(Command::new("secret-tool"));
        let output = tool.args(["lookup", "service", "quai", "username", user]).output().expect("secret-tool runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Adds a profile.
    pub(crate) fn profile(&self, name: &str, api: &str, issuer: &str, client: &str, scopes: &[&str]) {
        let mut words = vec!["profiles", "set", name, "--api-url", api, "--issuer", issuer, "--client-id", client];
        for scope in scopes {
            words.extend(["--scope", scope]);
        }
        let (code, _, said) = self.run(&words);
        assert_eq!(code, 0, "{said}");
    }

    /// Begins a sign-in and gives the address that the browser must visit.
    pub(crate) fn begin(&self, profile: &str, more: &[&str]) -> Login {
        let mut words = vec!["login", "--profile", profile, "--no-browser", "--json"];
        words.extend(more);
        let mut child =
            self.quai(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("quai login starts");
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        out.read_line(&mut line).expect("a line");
        let first: Value = serde_json::from_str(&line).unwrap_or_default();
        Login { url: first["url"].as_str().unwrap_or_default().to_owned(), first, out, child: Ends(child) }
    }
}

/// A sign-in under way.
pub(crate) struct Login {
    pub(crate) url: String,
    pub(crate) first: Value,
    out: BufReader<ChildStdout>,
    pub(crate) child: Ends,
}

impl Login {
    /// Waits for its end; gives exit code and last line.
    pub(crate) fn end(mut self) -> (i32, Value, String) {
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).expect("text");
        let mut said = String::new();
        if let Some(mut pipe) = self.child.0.stderr.take() {
            pipe.read_to_string(&mut said).expect("text");
        }
        let code = self.child.0.wait().expect("an end").code().unwrap_or(-1);
        let last = rest.lines().last().and_then(|l| serde_json::from_str(l).ok()).unwrap_or(self.first);
        (code, last, said)
    }

    /// How it failed.
    pub(crate) fn failure(self) -> String {
        let (code, last, said) = self.end();
        assert!(code != 0 && said.contains("error: "), "{code} {said}");
        last["failure"]["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// A provider, and the platform behind it.
pub(crate) struct Provider {
    pub(crate) issuer: String,
    pub(crate) api: String,
    _child: Ends,
}

impl Provider {
    pub(crate) fn start(sandbox: Option<&Sandbox>, settings: &[(&str, &str)]) -> Self {
        let mut node = Command::new("node");
        node.arg("server.mjs").current_dir(node_folder()).stdout(Stdio::piped()).stderr(Stdio::null());
        for (name, value) in settings {
            node.env(name, value);
        }
        if let Some(sandbox) = sandbox {
            node.env("SANDBOX", sandbox.ready.to_string());
        }
        let mut child = node.spawn().expect("node starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("no provider: {e}: {line}"));
        let text = |name: &str| ready[name].as_str().unwrap_or_default().to_owned();
        Self { issuer: text("issuer"), api: text("api"), _child: Ends(child) }
    }
}

/// A person at a browser does as told; gives what the browser then shows.
pub(crate) fn browse(url: &str, name: &str, password: &str, deed: &str) -> Value {
    let mut node = Command::new("node");
    let output = node.args(["browser.mjs", url, name, password, deed]).current_dir(node_folder()).output();
    let output = output.expect("node runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let shown = text.lines().last().and_then(|l| serde_json::from_str(l).ok());
    shown.unwrap_or_else(|| panic!("the browser: {text}{}", String::from_utf8_lossy(&output.stderr)))
}

/// The realms that every test of sign-in holds to the same: one that is not ours, and the sandbox's.
pub(crate) struct Realm {
    pub(crate) name: String,
    pub(crate) password: String,
    pub(crate) api: String,
    pub(crate) issuer: String,
    pub(crate) client: String,
    pub(crate) scopes: Vec<&'static str>,
    _provider: Option<Provider>,
    pub(crate) sandbox: Sandbox,
}

pub(crate) const SCOPES: &[&str] = &["offline_access", "profile", "email"];

impl Realm {
    pub(crate) fn foreign(settings: &[(&str, &str)]) -> Self {
        let sandbox = Sandbox::new(&[]);
        let provider = Provider::start(Some(&sandbox), settings);
        Self {
            name: "camille".to_owned(),
            password: "mot-de-passe-de-camille".to_owned(),
            api: provider.api.clone(),
            issuer: provider.issuer.clone(),
            client: "quai".to_owned(),
            scopes: SCOPES.to_vec(),
            _provider: Some(provider),
            sandbox,
        }
    }

    pub(crate) fn own(switches: &[&str]) -> Self {
        let sandbox = Sandbox::new(switches);
        let issuer = sandbox.text("token_url").replace("/protocol/openid-connect/token", "");
        Self {
            name: sandbox.text("username"),
            password: sandbox.text("password"),
            api: sandbox.text("api"),
            issuer,
            client: sandbox.text("client_id"),
            scopes: Vec::new(),
            _provider: None,
            sandbox,
        }
    }

    pub(crate) fn add_to(&self, place: &Place, profile: &str) {
        place.profile(profile, &self.api, &self.issuer, &self.client, &self.scopes);
    }

    /// Signs in, all the way; gives the last line.
    pub(crate) fn sign_in(&self, place: &Place, profile: &str, more: &[&str]) -> Value {
        let login = place.begin(profile, more);
        let shown = browse(&login.url, &self.name, &self.password, "yes");
        let (code, last, said) = login.end();
        assert_eq!(code, 0, "{said}\n{}", shown["text"]);
        assert!(shown["text"].as_str().unwrap_or_default().contains("Signed in"), "{shown}");
        last
    }

    /// Changes the sandbox's switches.
    pub(crate) fn switch(&self, switches: &Value) {
        let origin = self.sandbox.text("api").trim_end_matches("/api").to_owned();
        let sent = harness::http().post(format!("{origin}/sandbox/switches")).body(switches.to_string()).send();
        assert!(sent.expect("an answer").status().is_success());
    }
}
