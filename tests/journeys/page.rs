//! The page's side of the bridge: what it asks, without a page.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use harness::{Box, http};
use serde_json::Value;

/// The engine that a page in a browser speaks to.
pub(crate) struct Bridge {
    url: String,
    child: Child,
}

impl Drop for Bridge {
    fn drop(&mut self) {
        let _ = std::process::Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

impl Bridge {
    pub(crate) fn new(sandbox: &Box, granted: &Path) -> Self {
        let granted = granted.display().to_string();
        let mut command = sandbox.quai(&["bridge", "--listen", "127.0.0.1:0", "--grant", &granted, "--json"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("quai bridge starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a first line");
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("not ready: {e}: {line}"));
        Self { url: ready["url"].as_str().expect("an address").to_owned(), child }
    }

    /// The last line of an answer: `ok` or `failure`.
    fn last(&self, command: &str, request: &Value) -> Value {
        let answer = http().post(format!("{}rpc/{command}", self.url)).json(request).send().expect("an answer");
        let text = answer.text().expect("lines");
        text.lines().last().and_then(|l| serde_json::from_str(l).ok()).expect("a last line")
    }

    /// What a command answers last.
    pub(crate) fn ask(&self, command: &str, request: &Value) -> Value {
        let last = self.last(command, request);
        assert!(last["failure"].is_null(), "{command}: {}", last["failure"]);
        last["ok"].clone()
    }

    /// The code of what stops a command.
    pub(crate) fn refused(&self, command: &str, request: &Value) -> String {
        self.last(command, request)["failure"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Dies without warning.
    pub(crate) fn crash(mut self) {
        self.child.kill().expect("a kill");
        self.child.wait().expect("an end");
    }

    /// A tile drawn, or nothing where there is none.
    pub(crate) fn tile(&self, key: &str, [z, x, y]: [u32; 3]) -> Option<Vec<u8>> {
        let answer = http().get(format!("{}tiles/{key}/0/{z}/{x}/{y}", self.url)).send().expect("an answer");
        (answer.status() == 200).then(|| answer.bytes().expect("bytes").to_vec())
    }
}
