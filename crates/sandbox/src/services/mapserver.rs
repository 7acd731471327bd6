//! MapServer as a FastCGI child on a socket of ours, started at the first request and again when it
//! dies.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

const PROGRAMS: &[&str] = &["/usr/lib/cgi-bin/mapserv", "/usr/bin/mapserv", "/usr/local/bin/mapserv"];
const PATIENCE: Duration = Duration::from_secs(60);

/// The child and its socket.
pub(super) struct MapServer {
    folder: PathBuf,
    running: Mutex<Option<(Child, PathBuf, tempfile::TempDir)>>,
}

impl Drop for MapServer {
    fn drop(&mut self) {
        if let Ok(Some((child, _, _))) = self.running.get_mut().map(Option::as_mut) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl MapServer {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), running: Mutex::new(None) }
    }

    /// Whether it is installed.
    pub(super) fn check() -> Result<&'static str, String> {
        PROGRAMS
            .iter()
            .copied()
            .find(|p| Path::new(p).exists())
            .ok_or_else(|| "MapServer n'est pas installé (paquet Debian cgi-mapserver).".to_owned())
    }

    /// The socket of a child that lives.
    #[cfg(unix)]
    fn socket(&self) -> Result<PathBuf, String> {
        use std::os::fd::OwnedFd;
        let mut running = self.running.lock().map_err(|e| e.to_string())?;
        if let Some((child, socket, _)) = running.as_mut()
            && matches!(child.try_wait(), Ok(None))
        {
            return Ok(socket.clone());
        }
        let program = Self::check()?;
        let lost = |e: std::io::Error| format!("MapServer n'a pas démarré : {e}");
        std::fs::create_dir_all(&self.folder).map_err(lost)?;
        let folder = tempfile::Builder::new().prefix("quai-mapserver-").tempdir().map_err(lost)?;
        let settings = self.folder.join("mapserver.conf");
        let pattern = self.folder.to_string_lossy().replace('.', "\\.");
        std::fs::write(&settings, format!("CONFIG\nENV\nMS_MAP_PATTERN \"^{pattern}/\"\nEND\nEND\n")).map_err(lost)?;
        let socket = folder.path().join("mapserver.sock");
        let listener: OwnedFd = std::os::unix::net::UnixListener::bind(&socket).map_err(lost)?.into();
        let child = Command::new(program)
            .stdin(Stdio::from(listener))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .env("MAPSERVER_CONFIG_FILE", &settings)
            .env("GDAL_PAM_ENABLED", "NO")
            .spawn()
            .map_err(lost)?;
        *running = Some((child, socket.clone(), folder));
        Ok(socket)
    }

    #[cfg(not(unix))]
    fn socket(&self) -> Result<PathBuf, String> {
        Err("MapServer ne peut être lancé par le bac à sable que sous Linux et macOS.".to_owned())
    }

    /// Asks with a map file of our folder; parameters go in the body, since styles are long.
    pub(super) async fn ask(&self, map: &str, parameters: &[(String, String)]) -> Result<(String, Vec<u8>), String> {
        let mut last = String::new();
        for _ in 0..2 {
            match tokio::time::timeout(PATIENCE, self.ask_once(map, parameters)).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(says)) => last = says,
                Err(_) => {
                    last = "MapServer n'a pas répondu à temps.".to_owned();
                    if let Ok(mut running) = self.running.lock()
                        && let Some((mut child, _, _)) = running.take()
                    {
                        let _ = child.kill();
                        let _ = child.wait();
                    }
                }
            }
        }
        Err(last)
    }

    #[cfg(unix)]
    async fn ask_once(&self, map: &str, parameters: &[(String, String)]) -> Result<(String, Vec<u8>), String> {
        use fastcgi_client::{Client, Params, Request};
        let socket = self.socket()?;
        let stream = tokio::net::UnixStream::connect(&socket).await.map_err(|e| e.to_string())?;
        let map = self.folder.join(map).to_string_lossy().into_owned();
        let body: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("map", &map)
            .extend_pairs(parameters)
            .finish();
        let asked = Params::default()
            .request_method("POST")
            .script_name("/ows")
            .query_string("")
            .content_type("application/x-www-form-urlencoded")
            .content_length(body.len())
            .server_name("127.0.0.1")
            .server_port(80);
        let request = Request::new_tokio(asked, std::io::Cursor::new(body.into_bytes()));
        let answer = Client::new_tokio(stream).execute_once(request).await.map_err(|e| e.to_string())?;
        let bytes = answer.stdout.ok_or("MapServer n'a rien répondu.")?;
        let at = bytes.windows(4).position(|w| w == b"\r\n\r\n").ok_or("MapServer a répondu sans en-tête.")?;
        let head = String::from_utf8_lossy(&bytes[..at]).into_owned();
        let kind = head
            .lines()
            .find_map(|l| l.to_lowercase().starts_with("content-type:").then(|| l[13..].trim().to_owned()))
            .unwrap_or_else(|| "application/octet-stream".to_owned());
        Ok((kind, bytes[at + 4..].to_vec()))
    }

    #[cfg(not(unix))]
    async fn ask_once(&self, _: &str, _: &[(String, String)]) -> Result<(String, Vec<u8>), String> {
        self.socket().map(|_| (String::new(), Vec::new()))
    }
}

/// An answer of MapServer's, passed on.
pub(super) fn pass_on(answer: Result<(String, Vec<u8>), String>) -> Response {
    match answer {
        Ok((kind, body)) => {
            let mut answer = body.into_response();
            if let Ok(kind) = HeaderValue::from_str(&kind) {
                answer.headers_mut().insert(HeaderName::from_static("content-type"), kind);
            }
            answer
        }
        Err(says) => (StatusCode::BAD_GATEWAY, says).into_response(),
    }
}
