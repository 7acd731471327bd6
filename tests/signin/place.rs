//! A place of one's own for each test: folders, a session bus with an unlocked keyring, a provider,
//! a browser. All of it ends with the test.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use harness::quai_program;
use harness::sign_in::{Ends, Login, Realm, keyring, profile_words};
use serde_json::Value;

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
        ring.env("DBUS_SESSION_BUS_ADDRESS", &address).env("XDG_DATA_HOME", folder.join("share"));
        ring.env("XDG_RUNTIME_DIR", folder.join("run")).env("HOME", folder.join("home"));
        let ring = keyring(&mut ring);
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
        harness::sign_in::kept(&mut self.clean(Command::new("secret-tool")), user)
    }

    /// Adds a profile.
    pub(crate) fn profile(&self, name: &str, api: &str, issuer: &str, client: &str, scopes: &[&str]) {
        let (code, _, said) = self.run(&profile_words(name, api, issuer, client, scopes));
        assert_eq!(code, 0, "{said}");
    }

    /// Adds a realm as a profile.
    pub(crate) fn add(&self, realm: &Realm, profile: &str) {
        let (code, _, said) = self.run(&realm.words(profile));
        assert_eq!(code, 0, "{said}");
    }

    /// Begins a sign-in and gives the address that the browser must visit.
    pub(crate) fn begin(&self, profile: &str, more: &[&str]) -> Login {
        let words = ["login", "--profile", profile, "--no-browser", "--json"];
        Login::begin(&mut self.quai(&[&words[..], more].concat()))
    }

    /// Signs in, all the way; gives the last line.
    pub(crate) fn sign_in(&self, realm: &Realm, profile: &str) -> Value {
        let login = self.begin(profile, &[]);
        let shown = realm.agree(&login.url);
        let (code, last, said) = login.end();
        assert_eq!(code, 0, "{said}\n{}", shown["text"]);
        last
    }
}
