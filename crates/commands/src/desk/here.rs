//! Who one is and where, and what the datastore holds.

use std::collections::BTreeMap;

use deliver::SheetFacts;
use model::Failure;
use tokio_util::sync::CancellationToken;

use super::Desk;
use super::shapes::{CommunityRights, Here, Quota, SheetLine, SheetState};
use crate::Origin;

impl Desk {
    /// GDAL lives in the workers: it is one of them that says its version.
    pub(super) async fn gdal_version(&self) -> String {
        let answer =
            self.work.pool().call("version", serde_json::Value::Null, &|_| {}, &CancellationToken::new()).await;
        answer.ok().and_then(|v| v["gdal"].as_str().map(str::to_owned)).unwrap_or_default()
    }

    pub(super) async fn here(&self) -> Result<Here, Failure> {
        let reach = self.reach().await?;
        let who = crate::whoami(&reach).await?;
        let store = deliver::datastore(&reach.client, &reach.datastore).await?;
        let mut quotas: Vec<Quota> = Vec::new();
        for held in store.storages.data.iter().chain(&store.storages.uploads).chain(&store.storages.annexes) {
            let text = |member: &str| held.storage[member].as_str().unwrap_or_default().to_owned();
            quotas.push(Quota {
                of: "storage".to_owned(),
                kind: text("type"),
                name: text("name"),
                used: held.used,
                most: (held.quota > 0).then_some(held.quota),
                open: false,
            });
        }
        for held in &store.endpoints {
            quotas.push(Quota {
                of: "endpoint".to_owned(),
                kind: held.endpoint.kind.clone(),
                name: held.endpoint.name.clone(),
                used: held.used,
                most: Some(held.quota),
                open: held.endpoint.open,
            });
        }
        Ok(Here {
            sandbox: reach.origin == Origin::Sandbox,
            api: who.api,
            datastore: who.datastore,
            datastore_name: store.name,
            layer_name_prefix: store.configuration_layer_name_prefix,
            email: who.email,
            account: who.account,
            profile: who.profile,
            shown: reach.shown.clone(),
            colour: reach.colour,
            communities: who
                .communities
                .into_iter()
                .map(|(community, rights)| CommunityRights { community, rights })
                .collect(),
            quotas,
        })
    }

    pub(super) async fn sheets(&self) -> Result<Vec<SheetLine>, Failure> {
        let reach = self.reach().await?;
        let all: BTreeMap<String, SheetFacts> = deliver::overview(&reach.client, &reach.datastore).await?;
        Ok(all.into_iter().map(|(name, facts)| line(name, facts)).collect())
    }
}

fn line(name: String, facts: SheetFacts) -> SheetLine {
    let state = if facts.failed > 0 {
        SheetState::Unstable
    } else if facts.working > 0 {
        SheetState::Working
    } else if facts.services.is_empty() {
        SheetState::Waiting
    } else {
        SheetState::Live
    };
    SheetLine { name, uploads: facts.uploads, stored_data: facts.stored_data, services: facts.services, state }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datasheet_shows_the_gravest_of_its_states() {
        let live = SheetFacts { services: vec!["WFS".to_owned()], ..SheetFacts::default() };
        for (facts, state) in [
            (SheetFacts::default(), SheetState::Waiting),
            (live.clone(), SheetState::Live),
            (SheetFacts { working: 1, ..live.clone() }, SheetState::Working),
            (SheetFacts { working: 1, failed: 1, ..live }, SheetState::Unstable),
        ] {
            assert_eq!(line("a".to_owned(), facts).state, state);
        }
    }
}
