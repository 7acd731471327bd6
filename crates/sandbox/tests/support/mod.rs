//! A sandbox on a free port, and a client that holds every answer against the contract.
#![allow(dead_code, reason = "each test file uses its own part of it")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use quai_sandbox::{Options, Running, Switches};
use reqwest::header::HeaderMap;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

pub(crate) const VECTOR_INTEGRATION: &str = "0de8c60b-9938-4be9-aa36-9026b77c3c96";
pub(crate) const ARCHIVE_COPY: &str = "12cdc646-3976-4f18-b273-f34fca37e2a6";
pub(crate) const VECTOR_PYRAMID: &str = "aa5f9391-0bdb-4b97-9209-fcde351b82f6";
pub(crate) const WFS: &str = "ae012611-13eb-4a18-8d04-9b7604a031cc";
pub(crate) const WMS: &str = "ae022611-13eb-4a18-8d04-9b7604a031cc";
pub(crate) const TMS: &str = "ae032611-13eb-4a18-8d04-9b7604a031cc";
pub(crate) const DOWNLOAD: &str = "ae052611-13eb-4a18-8d04-9b7604a031cc";
pub(crate) const PRIVATE_WFS: &str = "d02feec9-1169-403f-bfc3-7ba6d6015ed4";

pub(crate) fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples")
}

pub(crate) fn at_once() -> Switches {
    Switches { stage_milliseconds: 0, ..Switches::default() }
}

pub(crate) struct Sandbox {
    pub(crate) running: Option<Running>,
    pub(crate) data: PathBuf,
    pub(crate) switches: Switches,
    _own: Option<tempfile::TempDir>,
    http: reqwest::Client,
    token: String,
    pub(crate) datastore: String,
    contract: Value,
    routes: Vec<Value>,
    /// Routes that answered well.
    pub(crate) seen: Mutex<BTreeSet<(String, String)>>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn id(&self) -> String {
        self.body["_id"].as_str().unwrap_or_else(|| panic!("no _id in {}", self.text)).to_owned()
    }

    pub(crate) fn says(&self) -> String {
        self.body["error_description"].to_string()
    }
}

impl Sandbox {
    pub(crate) async fn start(switches: Switches) -> Self {
        let own = tempfile::tempdir().expect("a folder");
        let data = own.path().to_owned();
        let mut sandbox = Self::start_in(data, switches).await;
        sandbox._own = Some(own);
        sandbox
    }

    pub(crate) async fn start_in(data: PathBuf, switches: Switches) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/contract");
        let read = |name: &str| -> Value {
            serde_json::from_slice(&std::fs::read(fixtures.join(name)).expect("a fixture")).expect("JSON")
        };
        let routes = read("routes.json");
        let mut sandbox = Self {
            running: None,
            data,
            switches,
            _own: None,
            http: reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client"),
            token: String::new(),
            datastore: String::new(),
            contract: read("entrepot.schema.json"),
            routes: routes.as_array().expect("routes").clone(),
            seen: Mutex::default(),
        };
        sandbox.run().await;
        sandbox
    }

    /// Starts, or starts again on the same folder.
    pub(crate) async fn run(&mut self) {
        let listen = "127.0.0.1:0".parse().expect("an address");
        let options = Options { listen, data: self.data.clone(), switches: self.switches.clone() };
        let running = quai_sandbox::start(options).await.expect("a sandbox");
        self.datastore = running.ready.datastore.clone();
        self.running = Some(running);
        self.token =
            self.grant(&[("grant_type", "password")]).await.1["access_token"].as_str().expect("a token").to_owned();
    }

    pub(crate) async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    pub(crate) fn ready(&self) -> &quai_sandbox::Ready {
        &self.running.as_ref().expect("it runs").ready
    }

    pub(crate) fn origin(&self) -> String {
        self.ready().api.trim_end_matches("/api").to_owned()
    }

    /// Asks for a token as the account, with what is given beside or instead.
    pub(crate) async fn grant(&self, pairs: &[(&str, &str)]) -> (u16, Value) {
        let ready = self.ready();
        let mut form = vec![
            ("client_id", ready.client_id.as_str()),
            ("client_secret", ready.client_secret.as_str()),
            ("username", ready.username.as_str()),
            ("password", ready.password.as_str()),
        ];
        form.retain(|(name, _)| !pairs.iter().any(|(n, _)| n == name));
        form.extend_from_slice(pairs);
        let answer = self.http.post(&ready.token_url).form(&form).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    fn route(&self, method: &str, path: &str) -> Option<&Value> {
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |template: &str| {
            let own: Vec<&str> = template.split('/').collect();
            own.len() == parts.len() && own.iter().zip(&parts).all(|(o, p)| o.starts_with('{') || o == p)
        };
        let mut found: Vec<&Value> =
            self.routes.iter().filter(|r| r["method"] == method && fits(r["path"].as_str().expect("a path"))).collect();
        // the one with the fewest placeholders
        found.sort_by_key(|r| r["path"].as_str().map_or(0, |p| p.matches('{').count()));
        found.first().copied()
    }

    fn faults(&self, shape: &Value, body: &Value) -> Vec<String> {
        let mut schema = shape.clone();
        schema["$schema"] = self.contract["$schema"].clone();
        schema["$defs"] = self.contract["$defs"].clone();
        let validator = jsonschema::validator_for(&schema).expect("the contract is a schema");
        validator.iter_errors(body).map(|f| format!("{}: {f}", f.instance_path())).collect()
    }

    /// What the contract finds wrong in an answer.
    fn check(&self, method: &str, path: &str, answer: &Answer) {
        let whole = format!("{method} {path} → {} {}", answer.status, answer.text);
        if answer.status >= 400 {
            let faults = self.faults(&json!({ "$ref": "#/$defs/Error" }), &answer.body);
            assert!(faults.is_empty() && answer.body["error"].is_string(), "{whole}\n{faults:?}");
            return;
        }
        let Some(route) = self.route(method, path) else { panic!("no such route: {whole}") };
        let statuses = route["statuses"].as_array().expect("statuses");
        assert!(statuses.contains(&json!(answer.status)), "{whole}: not in {statuses:?}");
        let expected = &route["answer"];
        let item = json!({ "$ref": format!("#/$defs/{}", expected["schema"].as_str().unwrap_or_default()) });
        let faults = match expected["shape"].as_str() {
            Some("single") if answer.text.is_empty() && expected["optional"] == true => Vec::new(),
            Some("array") if answer.text.is_empty() && expected["optional"] == true => Vec::new(),
            Some("single") => self.faults(&item, &answer.body),
            Some("array") => self.faults(&json!({ "type": "array", "items": item }), &answer.body),
            Some("none") => {
                if answer.text.is_empty() {
                    Vec::new()
                } else {
                    vec!["a body, where none is due".to_owned()]
                }
            }
            _ => Vec::new(),
        };
        assert!(faults.is_empty(), "{whole}\n{faults:#?}");
        let paged = route["query"].as_array().is_some_and(|q| q.iter().any(|p| p["name"] == "page"));
        assert!(!paged || answer.headers.contains_key("content-range"), "no Content-Range: {whole}");
        let own =
            (route["method"].as_str().expect("text").to_owned(), route["path"].as_str().expect("text").to_owned());
        self.seen.lock().expect("a lock").insert(own);
    }

    /// A path of one's datastore, when it does not begin with `/`.
    fn full(&self, path: &str) -> String {
        if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("/datastores/{}/{path}", self.datastore).trim_end_matches('/').to_owned()
        }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().expect("a method");
        self.http.request(method, format!("{}{path}", self.ready().api)).bearer_auth(&self.token)
    }

    async fn send(&self, method: &str, path: &str, request: reqwest::RequestBuilder) -> Answer {
        let answer = request.send().await.unwrap_or_else(|e| panic!("{method} {path}: {e}"));
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = String::from_utf8_lossy(&answer.bytes().await.expect("a body")).into_owned();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        let answer = Answer { status, headers, body, text };
        self.check(method, path.split('?').next().unwrap_or_default(), &answer);
        answer
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let path = self.full(path);
        let mut request = self.request(method, &path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.send(method, &path, request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let answer = self.ask("GET", path, None).await;
        assert!(answer.status < 300, "GET {path}: {} {}", answer.status, answer.text);
        answer
    }

    /// Asks and must be heard.
    pub(crate) async fn done(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let answer = self.ask(method, path, body).await;
        assert!(answer.status < 300, "{method} {path}: {} {}", answer.status, answer.text);
        answer
    }

    /// Asks and must be refused so.
    pub(crate) async fn refused(&self, status: u16, method: &str, path: &str, body: Option<Value>) -> Answer {
        let answer = self.ask(method, path, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
        answer
    }

    pub(crate) async fn file(
        &self,
        method: &str,
        path: &str,
        name: &str,
        bytes: Vec<u8>,
        members: &[(&str, &str)],
    ) -> Answer {
        let path = self.full(path);
        let mut form = Form::new().part("file", Part::bytes(bytes).file_name(name.to_owned()));
        for (name, value) in members {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        let request = self.request(method, &path).multipart(form);
        self.send(method, &path, request).await
    }

    /// Asks again until an answer is as wanted.
    pub(crate) async fn until(&self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let answer = self.get(path).await;
            if wanted(&answer.body) {
                return answer.body;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "still {}", answer.text);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub(crate) async fn until_status(&self, path: &str, status: &str) -> Value {
        let steady = ["CLOSED", "UNSTABLE", "SUCCESS", "FAILURE", "ABORTED", "PUBLISHED", "UNPUBLISHED"];
        let last = self
            .until(path, |b| {
                b["status"] == status || b["status"].as_str().is_some_and(|s| steady.contains(&s) && s != "PUBLISHED")
            })
            .await;
        assert_eq!(last["status"], status, "{path}: {last}");
        last
    }

    pub(crate) async fn upload(&self, kind: &str, srs: &str) -> String {
        let body = json!({ "name": "essai", "description": "essai", "type": kind, "srs": srs });
        self.done("POST", "uploads", Some(body)).await.id()
    }

    /// The sample cantons, whole and closed.
    pub(crate) async fn cantons(&self, kind: &str) -> String {
        let upload = self.upload(kind, "EPSG:2154").await;
        for end in ["shp", "shx", "dbf", "prj", "cpg"] {
            let bytes = std::fs::read(samples().join(format!("canton/CANTON.{end}"))).expect("a sample");
            let path = format!("uploads/{upload}/data?path=data/CANTON.{end}");
            let answer = self.file("POST", &path, "x", bytes, &[]).await;
            assert!(answer.status < 300, "{}", answer.text);
        }
        self.done("POST", &format!("uploads/{upload}/close"), None).await;
        self.until_status(&format!("uploads/{upload}"), "CLOSED").await;
        upload
    }

    /// Runs a processing to its end; gives the execution's and the stored data's ids.
    pub(crate) async fn process(&self, processing: &str, inputs: Value, parameters: Value) -> (String, String) {
        let body = json!({
            "processing": processing, "inputs": inputs, "output": { "stored_data": { "name": "sortie" } },
            "parameters": parameters
        });
        let execution = self.done("POST", "processings/executions", Some(body)).await;
        assert_eq!(execution.body["status"], "CREATED");
        let stored = execution.body["output"]["stored_data"]["_id"].as_str().expect("an output").to_owned();
        let path = format!("processings/executions/{}", execution.id());
        self.done("POST", &format!("{path}/launch"), None).await;
        self.until_status(&path, "SUCCESS").await;
        (execution.id(), stored)
    }

    pub(crate) async fn database(&self) -> String {
        let upload = self.cantons("VECTOR").await;
        self.process(VECTOR_INTEGRATION, json!({ "upload": [upload] }), json!({})).await.1
    }

    pub(crate) fn wfs(stored: &str, layer: &str) -> Value {
        json!({
            "type": "WFS", "name": layer, "layer_name": layer,
            "type_infos": { "used_data": [{ "stored_data": stored, "relations": [
                { "native_name": "canton", "title": "Cantons", "abstract": "Cantons", "keywords": [] }
            ] }] }
        })
    }

    /// Publishes; gives the offering's id.
    pub(crate) async fn publish(&self, configuration: &str, endpoint: &str, open: bool) -> String {
        let body = json!({ "endpoint": endpoint, "open": open });
        let offering = self.done("POST", &format!("configurations/{configuration}/offerings"), Some(body)).await.id();
        self.until_status(&format!("offerings/{offering}"), "PUBLISHED").await;
        offering
    }

    pub(crate) async fn switch(&self, switches: Value) {
        let answer =
            self.http.post(format!("{}/sandbox/switches", self.origin())).body(switches.to_string()).send().await;
        assert!(answer.expect("an answer").status().is_success());
    }

    pub(crate) async fn plain(&self, address: &str) -> (u16, HeaderMap, String) {
        let answer = self.http.get(address).send().await.expect("an answer");
        (answer.status().as_u16(), answer.headers().clone(), answer.text().await.expect("text"))
    }
}
