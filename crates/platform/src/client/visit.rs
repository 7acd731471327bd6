//! Looking at a live service as anybody would: its public address, without any token.

use std::time::Duration;

use bytes::{Bytes, BytesMut};

use super::Client;
use crate::error::Refusal;

/// A service that says nothing for so long is taken for silent.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a service answered.
#[derive(Debug, Clone)]
pub struct Visited {
    pub status: u16,
    /// In lower case, without its parameters: `image/png`.
    pub content_type: String,
    /// No more than was asked for.
    pub bytes: Bytes,
}

impl Client {
    /// Asks a public address, reads at most `most` bytes, and says what came whatever its status.
    /// The account's token is not sent: services are not the API.
    ///
    /// # Errors
    /// When nothing answers.
    pub async fn visit(&self, url: &str, most: usize) -> Result<Visited, Refusal> {
        let operation = format!("GET {url}");
        let unreachable = |e: reqwest::Error| Refusal::unreachable(&operation, &e);
        let mut answer = self.inner.http.get(url).timeout(PATIENCE).send().await.map_err(unreachable)?;
        let status = answer.status().as_u16();
        let header = answer.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
        let content_type = header.split(';').next().unwrap_or_default().trim().to_lowercase();
        let mut bytes = BytesMut::new();
        while bytes.len() < most {
            let Some(chunk) = answer.chunk().await.map_err(unreachable)? else { break };
            bytes.extend_from_slice(&chunk[..chunk.len().min(most - bytes.len())]);
        }
        Ok(Visited { status, content_type, bytes: bytes.freeze() })
    }
}
