//! A file on its way: streamed from the disk or from memory, always from the first byte.

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::StreamExt;
use reqwest::{Method, multipart};
use serde::de::DeserializeOwned;

use super::Client;
use crate::error::Refusal;
use crate::pace::Pace;
use crate::query::Query;

/// Hears how many bytes of a file were handed to the network so far; starts again at 0 when the
/// file does.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;

/// Where the bytes are.
#[derive(Debug, Clone)]
pub enum Content {
    File(PathBuf),
    Bytes(Vec<u8>),
}

/// What a request with a file carries: the part `file`, other members, parameters.
#[derive(Clone)]
pub struct Attachment {
    pub content: Content,
    /// The name of the file, without folder.
    pub name: String,
    /// Form members beside the file: `name`, `type`, `paths`…
    pub members: Vec<(String, String)>,
    pub query: Query,
    pub progress: Option<Progress>,
}

impl std::fmt::Debug for Attachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attachment").field("name", &self.name).field("query", &self.query).finish_non_exhaustive()
    }
}

impl Attachment {
    #[must_use]
    pub fn new(content: Content, name: impl Into<String>) -> Self {
        Self { content, name: name.into(), members: Vec::new(), query: Query::new(), progress: None }
    }

    /// A form member beside the file.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.members.push((name.to_owned(), value.into()));
        self
    }

    /// The path of a file in its upload.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        self.query = self.query.with("path", path);
        self
    }

    /// Whom to tell how far it is.
    #[must_use]
    pub fn telling(mut self, progress: Progress) -> Self {
        self.progress = Some(progress);
        self
    }

    /// A fresh form, its file opened anew.
    async fn form(&self, pace: Arc<Pace>) -> std::io::Result<multipart::Form> {
        let part = match &self.content {
            Content::Bytes(bytes) => multipart::Part::bytes(bytes.clone()),
            Content::File(path) => {
                let opened = tokio::fs::File::open(path).await?;
                let bytes = opened.metadata().await?.len();
                let progress = self.progress.clone();
                let mut sent = 0;
                let stream = pace.through(opened).inspect(move |chunk| {
                    if let (Ok(chunk), Some(progress)) = (chunk, &progress) {
                        sent += chunk.len() as u64;
                        progress(sent);
                    }
                });
                multipart::Part::stream_with_length(reqwest::Body::wrap_stream(stream), bytes)
            }
        };
        let mut form = multipart::Form::new();
        for (name, value) in &self.members {
            form = form.text(name.clone(), value.clone());
        }
        Ok(form.part("file", part.file_name(self.name.clone())))
    }
}

impl Client {
    pub(super) async fn attach<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        safe: bool,
        attachment: &Attachment,
    ) -> Result<T, Refusal> {
        let operation = format!("sending `{}`", attachment.name);
        let answer = self
            .send(method, path, safe, async |request| {
                let pace = self.inner.connection.network.pace.clone().unwrap_or_default();
                let form = attachment.form(pace).await.map_err(|e| Refusal::unexpected(&operation, e.to_string()))?;
                Ok(request.query(attachment.query.pairs()).multipart(form))
            })
            .await
            .map_err(|refusal| Refusal { operation: operation.clone(), ..refusal })?;
        Self::read(path, answer).await
    }
}
