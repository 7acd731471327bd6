//! Sign-in with real parts: a Secret Service of one's own, a certified provider that is not ours, a
//! browser with a person at it. Knows neither the command line's words nor the window's screens.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{Box as Sandbox, http, root};

/// Ends a process of this test.
#[derive(Debug)]
pub struct Ends(pub Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The provider's folder, where `npm ci` put what it needs.
#[must_use]
pub fn node_folder() -> PathBuf {
    let folder = root().join("tests/signin/provider");
    assert!(folder.join("node_modules/oidc-provider").exists(), "run `npm ci` in {}", folder.display());
    folder
}

/// Starts a Secret Service, unlocked, by a command that leads to `gnome-keyring-daemon` in the
/// session it is for.
#[must_use]
pub fn keyring(command: &mut Command) -> Child {
    command.args(["--foreground", "--unlock", "--components=secrets"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut ring = command.spawn().expect("gnome-keyring-daemon starts");
    ring.stdin.take().expect("a pipe").write_all(b"test").expect("a password");
    // it says where its sockets are once it is there
    let mut said = String::new();
    BufReader::new(ring.stdout.take().expect("a pipe")).read_line(&mut said).expect("a line");
    ring
}

/// What the Secret Service holds for an account, by a tool that is not ours: a command that leads to
/// `secret-tool` in the session.
#[must_use]
pub fn kept(tool: &mut Command, user: &str) -> String {
    let output = tool.args(["lookup", "service", "quai", "username", user]).output().expect("secret-tool runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A person at a browser does as told; gives what the browser then shows.
pub fn browse(url: &str, name: &str, password: &str, deed: &str) -> Value {
    let mut node = Command::new("node");
    let output = node.args(["browser.mjs", url, name, password, deed]).current_dir(node_folder()).output();
    let output = output.expect("node runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let shown = text.lines().last().and_then(|l| serde_json::from_str(l).ok());
    shown.unwrap_or_else(|| panic!("the browser: {text}{}", String::from_utf8_lossy(&output.stderr)))
}

/// A stand-in for the system's browser, to be named by `BROWSER`: it writes down, in a folder, each
/// address that it is told to open.
#[must_use]
pub fn opener(folder: &Path, opened: &Path) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::create_dir_all(opened).expect("a folder");
    // whole before it has its name
    let script =
        format!("#!/bin/sh\nto={0}\nprintf '%s' \"$1\" > \"$to/.$$\" && mv \"$to/.$$\" \"$to/$$\"\n", opened.display());
    let program = folder.join("quai-browser");
    std::fs::write(&program, script).expect("a file");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("a program");
    program
}

/// The address that the stand-in was told to open next, as soon as it was; it is taken away.
#[must_use]
pub fn next_opened(opened: &Path) -> String {
    let begun = Instant::now();
    loop {
        let all = std::fs::read_dir(opened).into_iter().flatten().flatten();
        let found =
            all.map(|e| e.path()).find(|p| !p.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.')));
        if let Some(found) = found {
            let address = std::fs::read_to_string(&found).expect("an address");
            std::fs::remove_file(&found).expect("a file to take away");
            return address;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "no browser was asked for");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A sign-in of the command line under way.
#[derive(Debug)]
pub struct Login {
    pub url: String,
    first: Value,
    out: BufReader<ChildStdout>,
    pub child: Ends,
}

impl Login {
    /// Starts `quai login … --no-browser --json` and takes the address that the browser must visit.
    #[must_use]
    pub fn begin(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("quai login starts");
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        out.read_line(&mut line).expect("a line");
        let first: Value = serde_json::from_str(&line).unwrap_or_default();
        Self { url: first["url"].as_str().unwrap_or_default().to_owned(), first, out, child: Ends(child) }
    }

    /// Waits for its end; gives exit code and last line.
    #[must_use]
    pub fn end(mut self) -> (i32, Value, String) {
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
    #[must_use]
    pub fn failure(self) -> String {
        let (code, last, said) = self.end();
        assert!(code != 0 && said.contains("error: "), "{code} {said}");
        last["failure"]["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// A provider, and the platform behind it.
#[derive(Debug)]
pub struct Provider {
    pub issuer: String,
    pub api: String,
    _child: Ends,
}

impl Provider {
    #[must_use]
    pub fn start(sandbox: Option<&Sandbox>, settings: &[(&str, &str)]) -> Self {
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

    /// Tells the provider's keeper something; gives what it answers.
    pub fn told(&self, what: &str, body: &Value) -> Value {
        let sent = http().post(format!("{}/keeper/{what}", self.issuer)).body(body.to_string()).send();
        let answer = sent.expect("an answer");
        assert!(answer.status().is_success(), "{what}: {}", answer.status());
        answer.json().expect("JSON")
    }

    /// Every secret that it gave or was shown: tokens, codes, proofs of codes.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        let all = self.told("issued", &json!({}));
        all["secrets"].as_array().into_iter().flatten().filter_map(|s| s.as_str().map(str::to_owned)).collect()
    }

    /// How often a session was renewed.
    #[must_use]
    pub fn renewals(&self) -> u64 {
        self.told("issued", &json!({}))["renewals"].as_u64().unwrap_or_default()
    }
}

/// The realms that every test of sign-in holds to the same: one that is not ours, and the sandbox's.
#[derive(Debug)]
pub struct Realm {
    pub name: String,
    pub password: String,
    pub api: String,
    pub issuer: String,
    pub client: String,
    pub scopes: Vec<&'static str>,
    provider: Option<Provider>,
    pub sandbox: Sandbox,
}

pub const SCOPES: &[&str] = &["offline_access", "profile", "email"];

impl Realm {
    #[must_use]
    pub fn foreign(settings: &[(&str, &str)]) -> Self {
        Self::foreign_over(&[], settings)
    }

    /// The provider's settings, and the switches of the platform behind it.
    #[must_use]
    pub fn foreign_over(switches: &[&str], settings: &[(&str, &str)]) -> Self {
        let sandbox = Sandbox::new(switches);
        let provider = Provider::start(Some(&sandbox), settings);
        Self {
            name: "camille".to_owned(),
            password: "mot-de-passe-de-camille".to_owned(),
            api: provider.api.clone(),
            issuer: provider.issuer.clone(),
            client: "quai".to_owned(),
            scopes: SCOPES.to_vec(),
            provider: Some(provider),
            sandbox,
        }
    }

    #[must_use]
    pub fn own(switches: &[&str]) -> Self {
        let sandbox = Sandbox::new(switches);
        let issuer = sandbox.text("token_url").replace("/protocol/openid-connect/token", "");
        Self {
            name: sandbox.text("username"),
            password: sandbox.text("password"),
            api: sandbox.text("api"),
            issuer,
            client: sandbox.text("client_id"),
            scopes: Vec::new(),
            provider: None,
            sandbox,
        }
    }

    /// The provider that is not ours.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        self.provider.as_ref().expect("a realm that is not the sandbox's")
    }

    /// The words that give `quai profiles set` this realm.
    #[must_use]
    pub fn words<'a>(&'a self, profile: &'a str) -> Vec<&'a str> {
        profile_words(profile, &self.api, &self.issuer, &self.client, &self.scopes)
    }

    /// At the browser: signs in and agrees.
    pub fn agree(&self, url: &str) -> Value {
        let shown = browse(url, &self.name, &self.password, "yes");
        assert!(shown["text"].as_str().is_some_and(|t| t.contains("Signed in")), "{shown}");
        shown
    }

    /// Changes the sandbox's switches.
    pub fn switch(&self, switches: &Value) {
        let origin = self.sandbox.text("api").trim_end_matches("/api").to_owned();
        let sent = http().post(format!("{origin}/sandbox/switches")).body(switches.to_string()).send();
        assert!(sent.expect("an answer").status().is_success());
    }
}

/// The words of `quai profiles set`.
#[must_use]
pub fn profile_words<'a>(
    name: &'a str,
    api: &'a str,
    issuer: &'a str,
    client: &'a str,
    scopes: &[&'a str],
) -> Vec<&'a str> {
    let mut words = vec!["profiles", "set", name, "--api-url", api, "--issuer", issuer, "--client-id", client];
    for scope in scopes {
        words.extend(["--scope", scope]);
    }
    words
}
