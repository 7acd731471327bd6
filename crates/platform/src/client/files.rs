//! Files of an upload: sent one by one, streamed from the disk, always from the first byte.

use std::path::Path;
use std::sync::Arc;

use futures_util::StreamExt;
use reqwest::{Method, multipart};
use tokio_util::io::ReaderStream;

use super::Client;
use crate::error::Refusal;
use crate::wire::TreeNode;

/// Hears how many bytes of a file were handed to the network so far; starts again at 0 when the
/// file does.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;

impl Client {
    /// `POST /datastores/{datastore}/uploads/{upload}/data?path=…`. Not repeated by itself: what
    /// became of a cut transfer is known by the tree only.
    pub async fn add_file(
        &self,
        datastore: &str,
        upload: &str,
        file: &Path,
        target: &str,
        progress: Progress,
    ) -> Result<(), Refusal> {
        let path = format!("/datastores/{datastore}/uploads/{upload}/data");
        let operation = format!("sending `{target}`");
        self.send(Method::POST, &path, false, async |request| {
            let form = form_of(file, target, Arc::clone(&progress))
                .await
                .map_err(|e| Refusal::unexpected(&operation, e.to_string()))?;
            Ok(request.query(&[("path", target)]).multipart(form))
        })
        .await
        .map(drop)
        .map_err(|refusal| Refusal { operation, ..refusal })
    }

    /// `DELETE /datastores/{datastore}/uploads/{upload}/data?path=…`
    pub async fn remove_file(&self, datastore: &str, upload: &str, target: &str) -> Result<(), Refusal> {
        let path = format!("/datastores/{datastore}/uploads/{upload}/data");
        self.send(Method::DELETE, &path, true, async |r| Ok(r.query(&[("path", target)]))).await.map(drop)
    }

    /// `POST /datastores/{datastore}/uploads/{upload}/md5`
    pub async fn add_md5(&self, datastore: &str, upload: &str, name: &str, lines: &str) -> Result<(), Refusal> {
        let path = format!("/datastores/{datastore}/uploads/{upload}/md5");
        self.send(Method::POST, &path, false, async |request| {
            let part = multipart::Part::text(lines.to_owned()).file_name(name.to_owned());
            Ok(request.multipart(multipart::Form::new().part("file", part)))
        })
        .await
        .map(drop)
    }

    /// `GET /datastores/{datastore}/uploads/{upload}/tree`
    pub async fn tree(&self, datastore: &str, upload: &str) -> Result<Vec<TreeNode>, Refusal> {
        self.get(&format!("/datastores/{datastore}/uploads/{upload}/tree")).await
    }
}

async fn form_of(file: &Path, target: &str, progress: Progress) -> std::io::Result<multipart::Form> {
    let opened = tokio::fs::File::open(file).await?;
    let bytes = opened.metadata().await?.len();
    let mut sent = 0;
    let stream = ReaderStream::with_capacity(opened, 256 * 1024).inspect(move |chunk| {
        if let Ok(chunk) = chunk {
            sent += chunk.len() as u64;
            progress(sent);
        }
    });
    let name = target.rsplit('/').next().unwrap_or(target).to_owned();
    let part = multipart::Part::stream_with_length(reqwest::Body::wrap_stream(stream), bytes).file_name(name);
    Ok(multipart::Form::new().part("file", part))
}
