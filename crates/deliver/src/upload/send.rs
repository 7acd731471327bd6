//! Sending the files of a package, several at a time, until the tree shows each of them whole.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::StreamExt;
use model::{Event, Package, PackageFile, Step};
use platform::{Attachment, Client, Content, Kind, Query, Retry};
use tokio_util::sync::CancellationToken;

use super::{missing, sizes};
use crate::journey::Stop;
use crate::order::Order;
use crate::{News, failure};

/// Files on their way at the same time.
const AT_ONCE: usize = 4;
/// How often a file that does not arrive whole is sent.
const MOST_SENDINGS: usize = 4;

/// Sends what is missing, several files at a time, and looks at the tree until all is whole.
pub(crate) async fn send(
    client: &Client,
    order: &Order,
    package: &Package,
    upload: &str,
    before: u64,
    news: News<'_>,
    cancel: &CancellationToken,
) -> Result<(), Stop> {
    let datastore = &order.datastore;
    let mut last = None;
    for _ in 0..MOST_SENDINGS {
        let there = sizes(&client.upload_tree(datastore, upload).await?);
        let missing = missing(package, &there);
        let Some(first) = missing.first() else { return Ok(()) };
        last = Some((first.target.clone(), first.bytes, there.get(&first.target).copied()));
        let whole: u64 =
            package.files.iter().map(|f| f.bytes).sum::<u64>() - missing.iter().map(|f| f.bytes).sum::<u64>();
        let meter = Arc::new(Meter::new(before + whole));
        let mut running = futures_util::stream::iter(missing)
            .map(|file| {
                let (there, meter) = (&there, Arc::clone(&meter));
                async move { send_one(client, datastore, upload, file, there, &meter).await }
            })
            .buffer_unordered(AT_ONCE);
        let mut tick = tokio::time::interval(std::time::Duration::from_millis(100));
        loop {
            tokio::select! {
                () = cancel.cancelled() => return Err(failure::cancelled().into()),
                _ = tick.tick() => news(Event::Advanced { step: Step::Upload, done: meter.done() }),
                outcome = running.next() => match outcome {
                    Some(outcome) => outcome?,
                    None => break,
                },
            }
        }
        news(Event::Advanced { step: Step::Upload, done: meter.done() });
    }
    let there = sizes(&client.upload_tree(datastore, upload).await?);
    if missing(package, &there).is_empty() {
        return Ok(());
    }
    let (target, bytes, there) = last.unwrap_or_default();
    Err(failure::file_not_whole(&target, bytes, there).into())
}

/// Sends a file. What became of it when the answer is a conflict or none at all is the tree's to
/// say, so those are not errors here.
async fn send_one(
    client: &Client,
    datastore: &str,
    upload: &str,
    file: &PackageFile,
    there: &BTreeMap<String, u64>,
    meter: &Arc<Meter>,
) -> Result<(), Stop> {
    unchanged(&file.local, file.bytes).await?;
    if there.contains_key(&file.target) {
        client.remove_file(datastore, upload, &Query::new().with("path", file.target.as_str())).await?;
    }
    let name = file.target.rsplit('/').next().unwrap_or(&file.target);
    let (heard, target) = (Arc::clone(meter), file.target.clone());
    let attachment = Attachment::new(Content::File(file.local.clone()), name)
        .at(&file.target)
        .telling(Arc::new(move |sent| heard.set(&target, sent)));
    match client.send_file(datastore, upload, &attachment).await {
        Ok(_) => Ok(()),
        Err(refusal) if refusal.kind == Kind::Conflict || refusal.retry == Retry::Later => {
            tracing::info!(file = file.target, says = refusal.says, "left for the tree to tell");
            Ok(())
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn unchanged(path: &Path, bytes: u64) -> Result<(), Stop> {
    match tokio::fs::metadata(path).await {
        Ok(facts) if facts.len() == bytes => Ok(()),
        _ => Err(failure::file_changed(&path.display().to_string()).into()),
    }
}

/// Bytes handed over: those that were whole, and those on their way by file.
struct Meter {
    whole: u64,
    sent: Mutex<HashMap<String, u64>>,
    most: AtomicU64,
}

impl Meter {
    fn new(whole: u64) -> Self {
        Self { whole, sent: Mutex::default(), most: AtomicU64::new(0) }
    }

    fn set(&self, target: &str, bytes: u64) {
        if let Ok(mut sent) = self.sent.lock() {
            sent.insert(target.to_owned(), bytes);
        }
    }

    /// Never less than before: a bar that goes back says nothing to anybody.
    fn done(&self) -> u64 {
        let sent = self.sent.lock().map(|sent| sent.values().sum::<u64>()).unwrap_or_default();
        let now = self.whole + sent;
        self.most.fetch_max(now, Ordering::Relaxed).max(now)
    }
}
