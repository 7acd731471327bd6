//! The deliveries of this machine: each runs on its own, is written down as it goes, and goes on
//! when asked again after a pause, a failure or the end of the program.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use model::{Event, Failure};
use platform::wire::requests::Attribution;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use super::shapes::{Delivery, DeliveryState, Said, Wish};
use super::update::{Errand, elsewhere};
use super::{Desk, Tell, hold};
use crate::workplace::{disk, replace};
use crate::{Language, PublishRequest, Style};

const MOST_LINES: usize = 200;

/// A delivery that runs now.
pub(super) struct Running {
    now: Arc<Mutex<Delivery>>,
    events: broadcast::Sender<Event>,
    cancel: CancellationToken,
}

impl Running {
    pub(super) fn now(&self) -> Delivery {
        hold(&self.now).clone()
    }
}

pub(super) fn seconds() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(0))
}

/// Whether a delivery only waits for somebody to sign in again: nothing failed, nothing is lost.
pub(super) fn waits_for_sign_in(failure: &Failure) -> bool {
    ["SIGNED_OUT", "UNAUTHORIZED", "LOCKED"].contains(&failure.code.as_str())
}

fn unknown(id: &str) -> Failure {
    Failure::new("DELIVERY_UNKNOWN", format!("Aucune livraison « {id} ».",), format!("There is no delivery `{id}`."))
}

/// What an event changes in a delivery; true when it is worth writing down at once.
fn note(delivery: &mut Delivery, event: &Event, language: Language) -> bool {
    let mut line = |text: String| {
        delivery.lines.push(text);
        let over = delivery.lines.len().saturating_sub(MOST_LINES);
        delivery.lines.drain(..over);
    };
    match event {
        Event::Started { step, total } => {
            delivery.step = Some(*step);
            delivery.done = 0;
            delivery.total = *total;
            return true;
        }
        Event::Advanced { step, done } => {
            delivery.step = Some(*step);
            delivery.done = *done;
        }
        Event::Noted { message, .. } | Event::Warned { message, .. } => {
            line(message[usize::from(language == Language::En)].clone());
        }
        Event::Logged { line: said, .. } => line(said.clone()),
        Event::Published { stored_data, offerings, .. } => {
            delivery.stored_data.clone_from(stored_data);
            delivery.offerings.clone_from(offerings);
            return true;
        }
        Event::Updated(update) => {
            delivery.stored_data = vec![update.stored_data.clone()];
            return true;
        }
        _ => {}
    }
    false
}

/// A delivery that is about to run.
pub(super) fn fresh(id: String, wish: Wish) -> Delivery {
    let now = seconds();
    Delivery {
        id,
        account: None,
        datastore: None,
        wish,
        state: DeliveryState::Running,
        step: None,
        done: 0,
        total: None,
        failure: None,
        stored_data: Vec::new(),
        offerings: Vec::new(),
        lines: Vec::new(),
        created: now,
        updated: now,
    }
}

/// What the services say, the licence last.
fn summary(wish: &Wish, french: bool) -> String {
    let said = wish.abstract_.trim();
    match &wish.licence {
        None => said.to_owned(),
        Some(licence) => {
            let end = if said.is_empty() || said.ends_with(['.', '!', '?', '…']) { "" } else { "." };
            let word = if french { "Licence : " } else { "Licence: " };
            format!("{said}{end} {word}{licence}.").trim().to_owned()
        }
    }
}

/// The platform wants an address beside the name: that of the licence.
fn attribution(wish: &Wish) -> Option<Attribution> {
    let title = wish.producer.as_deref().map(str::trim).filter(|p| !p.is_empty())?;
    Some(Attribution { title: title.to_owned(), url: wish.licence_url.clone()? })
}

impl Desk {
    pub(super) fn journal(&self) -> PathBuf {
        self.work.data.join("deliveries")
    }

    fn write_down(&self, delivery: &Delivery) -> Result<(), Failure> {
        let doing = ["Écriture du journal des livraisons", "Writing the journal of deliveries"];
        let text = serde_json::to_vec_pretty(delivery).map_err(|e| disk(doing, &e))?;
        replace(&self.journal().join(format!("{}.json", delivery.id)), &text, doing)
    }

    /// One delivery, as it is now.
    fn delivery(&self, id: &str) -> Result<Delivery, Failure> {
        if let Some(running) = hold(&self.running).get(id) {
            return Ok(hold(&running.now).clone());
        }
        if !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Err(unknown(id));
        }
        let text = std::fs::read(self.journal().join(format!("{id}.json"))).map_err(|_| unknown(id))?;
        let mut delivery: Delivery = serde_json::from_slice(&text).map_err(|_| unknown(id))?;
        // written as running by a program that ended since
        if delivery.state == DeliveryState::Running {
            delivery.state = DeliveryState::Paused;
        }
        Ok(delivery)
    }

    /// Every delivery of the journal, previews too, in no order.
    pub(super) fn journal_entries(&self) -> Vec<Delivery> {
        let files = std::fs::read_dir(self.journal()).into_iter().flatten().flatten();
        let ids = files.filter_map(|f| f.file_name().to_string_lossy().strip_suffix(".json").map(str::to_owned));
        ids.filter_map(|id| self.delivery(&id).ok()).collect()
    }

    pub(super) fn deliveries(&self) -> Vec<Delivery> {
        let mut all = self.journal_entries();
        all.retain(|d| !d.wish.preview);
        all.sort_by_key(|d| std::cmp::Reverse((d.created, d.id.clone())));
        all
    }

    /// Begins a delivery; does not wait for it.
    pub(super) fn deliver(self: &Arc<Self>, wish: Wish) -> Result<String, Failure> {
        self.deliver_as(uuid::Uuid::new_v4().to_string(), wish)
    }

    pub(super) fn deliver_as(self: &Arc<Self>, id: String, wish: Wish) -> Result<String, Failure> {
        hold(&self.grants).check(&wish.paths)?;
        self.begin(fresh(id, wish))
    }

    pub(super) fn resume(self: &Arc<Self>, id: &str) -> Result<String, Failure> {
        if hold(&self.running).contains_key(id) {
            return Ok(id.to_owned());
        }
        let mut delivery = self.delivery(id)?;
        delivery.state = DeliveryState::Running;
        delivery.failure = None;
        // chosen by the person when it was ordered
        hold(&self.grants).add(&delivery.wish.paths);
        self.begin(delivery)
    }

    pub(super) fn begin(self: &Arc<Self>, delivery: Delivery) -> Result<String, Failure> {
        let id = delivery.id.clone();
        let errand = match Errand::of(&delivery.wish) {
            Some(update) => update,
            None => Errand::Publish(Box::new(self.request_of(&delivery)?)),
        };
        self.write_down(&delivery)?;
        let rehearsal = delivery.wish.rehearsal;
        let now = Arc::new(Mutex::new(delivery));
        let (events, _) = broadcast::channel(4096);
        let cancel = CancellationToken::new();
        let running = Running { now: Arc::clone(&now), events: events.clone(), cancel: cancel.clone() };
        hold(&self.running).insert(id.clone(), running);
        let desk = Arc::clone(self);
        let (own, keeper) = (id.clone(), Arc::clone(self));
        let life = super::apart(move || async move {
            let written = Mutex::new(Instant::now());
            let news = |event: Event| {
                let mut delivery = hold(&now);
                delivery.updated = seconds();
                let mut last = hold(&written);
                if note(&mut delivery, &event, desk.work.language) || last.elapsed() > Duration::from_secs(1) {
                    *last = Instant::now();
                    if let Err(failure) = desk.write_down(&delivery) {
                        tracing::warn!(%failure, "the journal was not written");
                    }
                }
                let _ = events.send(event);
            };
            let outcome = match desk.reach_of(rehearsal, &now).await {
                Ok(reach) => errand.run(&desk.work, &reach, &news, &cancel).await,
                Err(failure) => Err(failure),
            };
            let mut delivery = hold(&now);
            delivery.updated = seconds();
            delivery.state = match outcome {
                Ok(()) => DeliveryState::Published,
                Err(_) if cancel.is_cancelled() => DeliveryState::Paused,
                Err(failure) if waits_for_sign_in(&failure) => {
                    delivery.failure = Some(failure);
                    DeliveryState::Paused
                }
                Err(failure) => {
                    delivery.failure = Some(failure);
                    DeliveryState::Failed
                }
            };
            if let Err(failure) = desk.write_down(&delivery) {
                tracing::warn!(%failure, "the journal was not written");
            }
            if !delivery.wish.preview && super::preferences::read(&desk.work.settings).notify {
                desk.host.ended(&delivery, desk.is_french());
            }
            Ok(())
        });
        tokio::spawn(async move {
            let _ = life.await;
            // the sender goes with it: whoever watches learns that it ended
            hold(&keeper.running).remove(&own);
        });
        Ok(id)
    }

    /// The platform of a delivery: the account and the datastore it began with, else those of now.
    async fn reach_of(&self, rehearsal: bool, now: &Mutex<Delivery>) -> Result<crate::Reach, Failure> {
        if rehearsal {
            return self.rehearsal().await;
        }
        let (account, datastore) = {
            let delivery = hold(now);
            (delivery.account.clone(), delivery.datastore.clone())
        };
        let mut reach = self.reach_as(account.as_deref()).await?;
        let mut delivery = hold(now);
        if account.is_none()
            && delivery.wish.update.is_some()
            && datastore.as_ref().is_some_and(|d| *d != reach.datastore)
        {
            return Err(elsewhere(&delivery.wish));
        }
        match datastore.filter(|_| account.is_some()) {
            Some(datastore) => reach.datastore = datastore,
            None => {
                delivery.account.clone_from(&reach.account);
                delivery.datastore = Some(reach.datastore.clone());
            }
        }
        Ok(reach)
    }

    /// Whether a wish would work, before anything is sent or kept.
    pub(super) async fn preflight(
        &self,
        wish: Wish,
        call: Option<&str>,
        tell: Tell<'_>,
    ) -> Result<model::Preflight, Failure> {
        hold(&self.grants).check(&wish.paths)?;
        let (cancel, _end) = self.cancellable(call);
        let doing = ["Préparation des styles", "Preparing the styles"];
        let folder = tempfile::tempdir().map_err(|e| crate::workplace::disk(doing, &e))?;
        let request = request_of(&wish, folder.path(), self.is_french())?;
        let reach = self.reach_for(wish.rehearsal).await?;
        crate::preflight(&self.work, &reach, &request, &|event| tell(super::heard(&event)), &cancel).await
    }

    /// The same wish in the words of the whole journey; styles become files of the delivery's own.
    fn request_of(&self, delivery: &Delivery) -> Result<PublishRequest, Failure> {
        request_of(&delivery.wish, &self.journal().join(&delivery.id), self.is_french())
    }

    /// Tells how a delivery stands, then what happens, until it ends.
    pub(super) async fn watch(&self, id: &str, tell: Tell<'_>) -> Result<Delivery, Failure> {
        let said = |said: Said| tell(serde_json::to_value(said).unwrap_or_default());
        let heard = hold(&self.running).get(id).map(|r| (hold(&r.now).clone(), r.events.subscribe()));
        let Some((now, mut events)) = heard else { return self.delivery(id) };
        said(Said::Delivery { delivery: Box::new(now) });
        loop {
            match events.recv().await {
                Ok(event) => said(Said::Event { event: Box::new(event) }),
                // too slow to hear all of it: how it stands says the same
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    said(Said::Delivery { delivery: Box::new(self.delivery(id)?) });
                }
                Err(broadcast::error::RecvError::Closed) => return self.delivery(id),
            }
        }
    }

    pub(super) async fn pause(&self, id: &str) -> Result<Delivery, Failure> {
        if let Some(running) = hold(&self.running).get(id) {
            running.cancel.cancel();
        }
        self.watch(id, &|_| {}).await
    }

    /// Drops a delivery from the journal; what is on the platform stays.
    pub(super) async fn forget(&self, id: &str) -> Result<(), Failure> {
        let delivery = self.pause(id).await?;
        let doing = ["Effacement d’une livraison du journal", "Removing a delivery from the journal"];
        std::fs::remove_file(self.journal().join(format!("{}.json", delivery.id))).map_err(|e| disk(doing, &e))?;
        let _ = std::fs::remove_dir_all(self.journal().join(&delivery.id));
        Ok(())
    }

    /// Every delivery stops where it is, to go on another day.
    pub async fn pause_all(&self) {
        let ids: Vec<String> = hold(&self.running).keys().cloned().collect();
        for id in ids {
            let _ = self.pause(&id).await;
        }
    }
}

/// A wish in the words of the whole journey; `folder` is where its styles are written.
fn request_of(wish: &Wish, folder: &std::path::Path, french: bool) -> Result<PublishRequest, Failure> {
    let mut styles = Vec::new();
    for (number, style) in wish.styles.iter().enumerate() {
        let file = folder.join(format!("{number}.sld"));
        replace(&file, style.sld.as_bytes(), ["Écriture du style", "Writing the style"])?;
        styles.push(Style { table: Some(style.table.clone()), file });
    }
    Ok(PublishRequest {
        paths: wish.paths.clone(),
        services: wish.services.clone(),
        name: wish.name.clone(),
        datasheet: wish.datasheet.clone(),
        title: wish.title.clone(),
        abstract_: summary(wish, french),
        keywords: wish.keywords.clone(),
        attribution: attribution(wish),
        styles,
        srs: wish.srs.clone(),
        private: wish.private,
        keep_upload: false,
        zones: wish.zones,
        pyramid: wish.pyramid.clone(),
    })
}
