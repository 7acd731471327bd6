//! Updates of live images as a page asks for them. Each act is a delivery of the journal: watched,
//! paused and gone on with as any other. Where an update stands is the platform's to say.

use std::path::PathBuf;
use std::sync::Arc;

use model::{Event, Failure, Service, Update, UpdateHow, UpdateWay};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

use super::shapes::{Delivery, DeliveryState, UpdateAct, Wish};
use super::{Desk, deliveries, hold};
use crate::{PublishRequest, Reach, UpdateRequest, Workplace};

/// What an update would be laid on, and how; or the one that waits.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct UpdatableShown {
    pub datasheet: String,
    /// Layers of the services that would follow, with their type: `WMTS-TMS ortho`.
    pub services: Vec<String>,
    pub ways: Vec<WayShown>,
    /// What the account lacks to update.
    pub refused: Option<Failure>,
    pub waiting: Option<Update>,
    /// What this machine did, or is doing, of it last.
    pub delivery: Option<Delivery>,
}

/// A way, and what to know of it here.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct WayShown {
    #[serde(flatten)]
    pub way: UpdateWay,
    pub note: Option<[String; 2]>,
}

/// An act on the live images of a datasheet.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct UpdateWish {
    pub datasheet: String,
    pub act: UpdateAct,
    /// The new images, where some are to be shown.
    #[serde(default)]
    pub paths: Vec<PathBuf>,
}

/// What a delivery does when it runs.
pub(super) enum Errand {
    Publish(Box<PublishRequest>),
    Show(UpdateRequest),
    Confirm(String),
    Undo(String),
}

impl Errand {
    /// The update that a wish asks for, where it does.
    pub(super) fn of(wish: &Wish) -> Option<Self> {
        let datasheet = wish.name.clone();
        Some(match wish.update? {
            UpdateAct::Show { how } => {
                Self::Show(UpdateRequest { datasheet, paths: wish.paths.clone(), how, srs: wish.srs.clone() })
            }
            UpdateAct::Confirm => Self::Confirm(datasheet),
            UpdateAct::Undo => Self::Undo(datasheet),
        })
    }

    pub(super) async fn run(
        &self,
        work: &Workplace,
        reach: &Reach,
        news: &(dyn Fn(Event) + Sync),
        cancel: &CancellationToken,
    ) -> Result<(), Failure> {
        match self {
            Self::Publish(request) => crate::publish(work, reach, request, news, cancel).await.map(drop),
            Self::Show(request) => crate::update(work, reach, request, news, cancel).await.map(drop),
            Self::Confirm(name) => crate::confirm_update(work, reach, name, news, cancel).await.map(drop),
            Self::Undo(name) => match crate::undo_update(work, reach, name, news, cancel).await {
                // given up before the platform had anything of it, or cut after the last act
                Err(failure) if failure.code == "UPDATE_NONE" => Ok(()),
                outcome => outcome.map(drop),
            },
        }
    }
}

impl Desk {
    pub(super) async fn updatable(&self, datasheet: &str) -> Result<UpdatableShown, Failure> {
        let reach = self.reach().await?;
        let found = crate::updatable(&reach, datasheet).await?;
        let ways =
            UpdateHow::ALL.map(|how| WayShown { way: how.way(), note: deliver::without_masks(how, found.masked) });
        Ok(UpdatableShown {
            datasheet: datasheet.to_owned(),
            services: found.services,
            ways: ways.to_vec(),
            refused: crate::update_refused(&self.work, &reach).await?,
            waiting: found.waiting,
            delivery: self.updates(&reach, datasheet).into_iter().next(),
        })
    }

    /// Begins an act; does not wait for it. What the journal held of that datasheet's updates gives
    /// way to it.
    pub(super) async fn update(self: &Arc<Self>, wish: UpdateWish) -> Result<String, Failure> {
        hold(&self.grants).check(&wish.paths)?;
        let reach = self.reach().await?;
        let before = self.updates(&reach, &wish.datasheet);
        if before.iter().any(|d| d.state == DeliveryState::Running) {
            return Err(running(&wish.datasheet));
        }
        for old in before {
            self.forget(&old.id).await?;
        }
        let asked = Wish {
            paths: wish.paths,
            services: vec![Service::Wmts],
            title: wish.datasheet.clone(),
            name: wish.datasheet,
            update: Some(wish.act),
            ..Wish::default()
        };
        let fresh = deliveries::fresh(uuid::Uuid::new_v4().to_string(), asked);
        self.begin(Delivery { account: reach.account.clone(), datastore: Some(reach.datastore), ..fresh })
    }

    /// What the journal holds of a datasheet's updates in a datastore, newest first.
    fn updates(&self, reach: &Reach, datasheet: &str) -> Vec<Delivery> {
        let mut all = self.deliveries();
        all.retain(|d| d.wish.update.is_some() && d.wish.name == datasheet);
        all.retain(|d| d.datastore.as_ref() == Some(&reach.datastore));
        all
    }
}

fn running(datasheet: &str) -> Failure {
    Failure::new(
        "ALREADY_RUNNING",
        format!("Une mise à jour de « {datasheet} » est déjà en cours."),
        format!("An update of `{datasheet}` is already running."),
    )
    .hint("Attendez qu’elle finisse, ou mettez-la en pause.", "Wait for it to end, or pause it.")
}

/// Of an update that was begun in the sandbox, or under variables that are not set any more.
pub(super) fn elsewhere(wish: &Wish) -> Failure {
    let name = &wish.name;
    Failure::new(
        "UPDATE_ELSEWHERE",
        format!("La mise à jour de « {name} » a commencé dans un autre entrepôt."),
        format!("The update of `{name}` was begun in another datastore."),
    )
    .hint("Revenez au compte avec lequel elle a commencé.", "Go back to the account that it was begun with.")
}
