//! A refusal given before the whole body was heard would reach nobody: the connection closes on who
//! still speaks. So the rest is heard out, within reason, and thrown away. Knows no route.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{Stream, StreamExt};

/// What is heard out of a body that nobody wanted.
const MOST_BYTES: usize = 64 << 20;
const MOST_TIME: Duration = Duration::from_secs(10);

/// A body that can still be read once its reader gave up.
#[derive(Clone)]
struct Shared(Arc<Mutex<BodyDataStream>>);

impl Stream for Shared {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).poll_next_unpin(context)
    }
}

pub(super) async fn hear_out(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut rest = Shared(Arc::new(Mutex::new(body.into_data_stream())));
    let answer = next.run(Request::from_parts(parts, Body::from_stream(rest.clone()))).await;
    if !answer.status().is_success() {
        let mut heard = 0;
        let drain = async {
            while let Some(Ok(bytes)) = rest.next().await {
                heard += bytes.len();
                if heard > MOST_BYTES {
                    break;
                }
            }
        };
        let _ = tokio::time::timeout(MOST_TIME, drain).await;
    }
    answer
}
