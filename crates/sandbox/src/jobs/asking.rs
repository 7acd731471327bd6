//! What a harvest may ask of the web: this machine's own services, and the platform's. Nothing else
//! leaves the sandbox.

use std::sync::Arc;
use std::time::Duration;

use crate::App;
use crate::work::Ask;

/// Where the platform's harvest may go by default.
const PLATFORM: &str = "https://data.geopf.fr/";
const PATIENCE: Duration = Duration::from_secs(60);
const MOST_BYTES: usize = 64 << 20;

fn allowed(url: &str) -> bool {
    let Ok(parsed) = url::Url::parse(url) else { return false };
    let here = parsed.scheme() == "http" && matches!(parsed.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    here || url.starts_with(PLATFORM)
}

/// How a piece of work, which blocks a thread of its own, asks for bytes.
pub(super) fn ask(_app: &App) -> Ask {
    let handle = tokio::runtime::Handle::current();
    Ask(Arc::new(move |url: &str| {
        if !allowed(url) {
            return Err(format!("Le bac à sable ne moissonne que cette machine et {PLATFORM} : {url}"));
        }
        handle.block_on(get(url))
    }))
}

async fn get(url: &str) -> Result<Vec<u8>, String> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let told = |e: reqwest::Error| format!("Le service moissonné ne répond pas : {e}");
    // no redirection: it could lead away from what is allowed
    let client = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build();
    let answer = client.map_err(told)?.get(url).send().await.map_err(told)?;
    let status = answer.status();
    let bytes = answer.bytes().await.map_err(told)?;
    if !status.is_success() {
        let said: String = String::from_utf8_lossy(&bytes).chars().take(300).collect();
        return Err(format!("Le service moissonné a répondu {status} : {said}"));
    }
    if bytes.len() > MOST_BYTES {
        return Err("Le service moissonné a donné une image trop lourde.".to_owned());
    }
    Ok(bytes.to_vec())
}

#[cfg(test)]
mod tests {
    use super::allowed;

    #[test]
    fn only_this_machine_and_the_platform_are_asked() {
        assert!(allowed("http://127.0.0.1:4000/wms-v?x") && allowed("https://data.geopf.fr/wms-v"));
        assert!(!allowed("http://10.0.0.1/wms") && !allowed("file:///etc/passwd"));
        assert!(!allowed("https://data.geopf.fr.example.org/") && !allowed("http://127.0.0.1.example.org/"));
    }
}
