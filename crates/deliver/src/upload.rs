//! The upload: made once, filled file by file, each whole. What is there already with the right
//! size is not sent again; what is half there is removed and sent anew, from its first byte.

use std::collections::BTreeMap;

use model::{Event, Package, PackageFile, Step};
use platform::wire::requests::{CreateUpload, Tags};
use platform::wire::{TreeNode, Upload, UploadStatus, tags};
use platform::{Attachment, Client, Content, Kind};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::facts::{Memory, Seen, UploadFacts, found};
use crate::journey::Stop;
use crate::order::Order;
use crate::standing::Deed;
use crate::{News, check, process};

mod send;
use send::send;

/// The file of signatures; the platform shows it at the root of the tree.
const MD5_NAME: &str = "quai.md5";

/// Bytes of all packages.
pub(crate) fn total(order: &Order) -> u64 {
    order.packages.iter().flat_map(|p| &p.files).map(|f| f.bytes).sum()
}

/// Paths and sizes of the files of an upload.
pub(crate) fn sizes(tree: &[TreeNode]) -> BTreeMap<String, u64> {
    fn walk(nodes: &[TreeNode], folder: &str, into: &mut BTreeMap<String, u64>) {
        for node in nodes {
            let path = if folder.is_empty() { node.name.clone() } else { format!("{folder}/{}", node.name) };
            match &node.children {
                Some(children) => walk(children, &path, into),
                None if node.kind == "DIRECTORY" => {}
                None => {
                    into.insert(path, node.size);
                }
            }
        }
    }
    let mut all = BTreeMap::new();
    walk(tree, "", &mut all);
    all
}

/// The files that are not there whole.
fn missing<'a>(package: &'a Package, there: &BTreeMap<String, u64>) -> Vec<&'a PackageFile> {
    package.files.iter().filter(|f| there.get(&f.target) != Some(&f.bytes)).collect()
}

pub(crate) async fn facts(
    client: &Client,
    order: &Order,
    package: &Package,
    n: usize,
    upload: &Upload,
    needed: bool,
    memory: &mut Memory,
) -> Result<UploadFacts, Stop> {
    let wanted = order.tags(package);
    let mut facts = UploadFacts {
        id: upload.id.clone(),
        status: upload.status.clone(),
        tagged: wanted.iter().all(|(key, value)| upload.tags.get(key) == Some(value)),
        tree_saved: upload.tags.contains_key(tags::FILE_TREE),
        ..UploadFacts::default()
    };
    if !needed {
        return Ok(facts);
    }
    if upload.status == UploadStatus::Open {
        let tree = found(client.upload_tree(&order.datastore, &upload.id).await)?.unwrap_or_default();
        let there = sizes(&tree);
        let missing = missing(package, &there);
        let absent: u64 = missing.iter().map(|f| f.bytes).sum();
        memory.whole.insert(n, package.files.iter().map(|f| f.bytes).sum::<u64>().saturating_sub(absent));
        facts.to_send = missing.len();
        facts.md5_sent = memory.md5_sent.contains(&upload.id) || there.keys().any(|p| p.ends_with(MD5_NAME));
    } else {
        check::look(client, order, &upload.id, &mut facts).await?;
    }
    let failed = upload.status == UploadStatus::Unstable || facts.checks_failed;
    facts.leftover = failed && !memory.watched.contains(&upload.id);
    if !failed {
        memory.watched.insert(upload.id.clone());
    }
    Ok(facts)
}

pub(crate) async fn act(
    client: &Client,
    order: &Order,
    deed: Deed,
    seen: &Seen,
    memory: &mut Memory,
    news: News<'_>,
    cancel: &CancellationToken,
) -> Result<(), Stop> {
    let datastore = &order.datastore;
    let id = |n: usize| seen.facts.lines[n].upload.as_ref().map(|u| u.id.clone()).unwrap_or_default();
    match deed {
        Deed::CreateUpload(n) => {
            let package = &order.packages[n];
            let body = CreateUpload {
                name: order.upload_name(package),
                description: order.title().to_owned(),
                kind: process::upload_type(package.kind).to_owned(),
                srs: package.srs.clone(),
            };
            let upload = client.create_upload(datastore, &body).await?;
            memory.known.insert(format!("upload:{}", package.fingerprint), upload.id);
        }
        Deed::TagUpload(n) => {
            let mut wanted = order.tags(&order.packages[n]);
            wanted.insert(tags::DATA_UPLOAD_PATH.into(), "data".into());
            progress(&mut wanted, ["waiting", "waiting", "waiting"], 0);
            client.tag_upload(datastore, &id(n), &wanted).await?;
        }
        Deed::SendMd5(n) => {
            let lines = package::md5_lines(&order.packages[n]);
            let attachment = Attachment::new(Content::Bytes(lines.into_bytes()), MD5_NAME);
            match client.send_md5(datastore, &id(n), &attachment).await {
                Ok(_) => {}
                // sent by a try whose answer was lost
                Err(refusal) if refusal.kind == Kind::Conflict => {}
                Err(refusal) => return Err(refusal.into()),
            }
            memory.md5_sent.insert(id(n));
        }
        Deed::DiscardUpload(n) => {
            news(Event::Noted {
                step: Step::Upload,
                message: [
                    format!("une livraison précédente n’avait pas passé les vérifications : supprimée ({})", id(n)),
                    format!("a former upload failed its checks: deleted ({})", id(n)),
                ],
            });
            client.delete_upload(datastore, &id(n)).await?;
            memory.known.remove(&format!("upload:{}", order.packages[n].fingerprint));
        }
        _ => {
            let Deed::SendFiles(n) = deed else { return Ok(()) };
            let before: u64 = memory.whole.iter().filter(|(other, _)| **other != n).map(|(_, bytes)| bytes).sum();
            send(client, order, &order.packages[n], &id(n), before, news, cancel).await?;
        }
    }
    Ok(())
}

/// How cartes.gouv.fr tells where an integration stands: three stages, and the one at work.
pub(crate) fn progress(into: &mut Tags, stages: [&str; 3], step: u8) {
    let told = json!({
        "send_files_api": stages[0],
        "wait_checks": stages[1],
        "integration_processing": stages[2],
    });
    into.insert(tags::INTEGRATION_PROGRESS.into(), told.to_string());
    into.insert(tags::INTEGRATION_CURRENT_STEP.into(), step.to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_becomes_paths_and_sizes() {
        let tree: Vec<TreeNode> = serde_json::from_value(json!([
            {"type": "DIRECTORY", "name": "data", "size": 7, "children": [
                {"type": "FILE", "name": "a.gpkg", "size": 4},
                {"type": "DIRECTORY", "name": "sub", "size": 3, "children": [{"type": "FILE", "name": "b", "size": 3}]},
                {"type": "DIRECTORY", "name": "empty", "size": 0, "children": []},
            ]},
            {"type": "FILE", "name": "quai.md5", "size": 40},
        ]))
        .unwrap();
        let expected = [("data/a.gpkg", 4), ("data/sub/b", 3), ("quai.md5", 40)];
        assert_eq!(sizes(&tree), expected.map(|(path, size)| (path.to_owned(), size)).into());
    }
}
