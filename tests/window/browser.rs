//! The few words of WebDriver that the journeys need, spoken to WebKit's own driver. Knows no screen.

use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine as _;
use reqwest::blocking::Client;
use serde_json::{Value, json};

/// The key under which WebDriver gives elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
const PATIENCE: Duration = Duration::from_secs(30);

/// A session; there is one to a driver.
#[derive(Debug)]
pub(crate) struct Browser {
    http: Client,
    base: String,
}

impl Browser {
    /// Starts the program through the driver at this port, as soon as the driver answers.
    ///
    /// Nothing when the program never reached the driver: one that finds another of its kind still there hands its
    /// files over and ends, and the driver waits for it.
    pub(crate) fn open(port: u16, program: &Path, arguments: &[String]) -> Option<Self> {
        let driver = format!("http://127.0.0.1:{port}");
        let http = harness::http();
        let begun = Instant::now();
        while http.get(format!("{driver}/status")).send().is_err() {
            assert!(begun.elapsed() < PATIENCE, "WebKitWebDriver does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
        let options = json!({ "binary": program, "args": arguments });
        let asked = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let request = http.post(format!("{driver}/session")).json(&asked).timeout(PATIENCE);
        let answer = match request.send() {
            Err(fault) if fault.is_timeout() => return None,
            answer => answer.expect("an answer"),
        };
        let answer: Value = answer.json().expect("JSON");
        let session = answer["value"]["sessionId"].as_str().unwrap_or_else(|| panic!("no session: {answer}"));
        Some(Self { base: format!("{driver}/session/{session}"), http })
    }

    /// Sends one command; the driver's own word for a refusal.
    fn ask(&self, path: &str, body: Option<Value>) -> Result<Value, String> {
        let url = format!("{}/{path}", self.base);
        let request = match body {
            Some(body) => self.http.post(url).json(&body),
            None => self.http.get(url),
        };
        let answer = request.send().map_err(|e| e.to_string())?;
        let good = answer.status().is_success();
        let value = answer.json::<Value>().map_err(|e| e.to_string())?["value"].take();
        if good { Ok(value) } else { Err(format!("{}: {}", value["error"], value["message"])) }
    }

    pub(crate) fn close(&self) {
        let _ = self.http.delete(&self.base).send();
    }

    /// Does it again until it works: pages change under one's fingers.
    fn until<T>(&self, what: &str, patience: Duration, act: impl Fn() -> Result<T, String>) -> T {
        let begun = Instant::now();
        loop {
            match act() {
                Ok(done) => return done,
                Err(fault) if begun.elapsed() > patience => panic!("{what}: {fault}\n{}", self.page_text()),
                Err(_) => std::thread::sleep(Duration::from_millis(25)),
            }
        }
    }

    fn find(&self, css: &str) -> Result<String, String> {
        let found = self.ask("element", Some(json!({ "using": "css selector", "value": css })))?;
        found[ELEMENT].as_str().map(str::to_owned).ok_or_else(|| found.to_string())
    }

    /// Waits for an element.
    pub(crate) fn wait(&self, css: &str) {
        self.wait_for(css, PATIENCE);
    }

    pub(crate) fn wait_for(&self, css: &str, patience: Duration) {
        self.until(&format!("waiting for {css}"), patience, || self.find(css).map(drop));
    }

    /// A click with the driver's mouse, as soon as there is something to click on.
    pub(crate) fn click(&self, css: &str) {
        self.until(&format!("clicking on {css}"), PATIENCE, || {
            let element = self.find(css)?;
            // as a person scrolls: away from the bars at the window's edges
            let scroll = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })";
            self.ask("execute/sync", Some(json!({ "script": scroll, "args": [{ ELEMENT: element }] })))?;
            self.ask(&format!("element/{element}/click"), Some(json!({})))
        });
    }

    /// Types, after what is already there.
    pub(crate) fn type_in(&self, css: &str, text: &str) {
        self.until(&format!("typing in {css}"), PATIENCE, || {
            let element = self.find(css)?;
            self.ask(&format!("element/{element}/value"), Some(json!({ "text": text })))
        });
    }

    /// Chooses in a list.
    pub(crate) fn select(&self, css: &str, value: &str) {
        self.click(&format!("{css} option[value='{value}']"));
    }

    pub(crate) fn text(&self, css: &str) -> String {
        let text = self.until(&format!("reading {css}"), PATIENCE, || {
            let element = self.find(css)?;
            self.ask(&format!("element/{element}/text"), None)
        });
        text.as_str().unwrap_or_default().to_owned()
    }

    /// What a script returns; it runs in the page.
    pub(crate) fn run(&self, script: &str) -> Value {
        self.ask("execute/sync", Some(json!({ "script": script, "args": [] })))
            .unwrap_or_else(|e| panic!("{script}: {e}"))
    }

    /// An attribute of every element found.
    pub(crate) fn values(&self, css: &str) -> Vec<String> {
        let script =
            format!("return [...document.querySelectorAll({})].map(e => e.value ?? e.textContent)", json!(css));
        self.run(&script).as_array().into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect()
    }

    fn page_text(&self) -> String {
        let script = "return document.body.innerText";
        let said = self.ask("execute/sync", Some(json!({ "script": script, "args": [] })));
        said.map_or_else(|e| e, |v| v.as_str().unwrap_or_default().to_owned())
    }

    /// A picture of the page, where it can still be taken.
    pub(crate) fn picture(&self, to: &Path) {
        let Ok(Value::String(text)) = self.ask("screenshot", None) else { return };
        if let Ok(bytes) = base64::prelude::BASE64_STANDARD.decode(text) {
            let _ = std::fs::create_dir_all(to.parent().expect("a folder"));
            let _ = std::fs::write(to, bytes);
        }
    }
}
