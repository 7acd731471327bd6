//! Inspect and validate: what the files hold, and what the platform would say of it.

use std::path::PathBuf;

use inspect::{Depth, Inspector, News};
use model::{DataModel, Event, Finding, Inventory, Level, Step};
use tokio_util::sync::CancellationToken;
use validate::{Expectations, validate_source, validate_together};

use crate::Workplace;

/// Facts and findings together.
#[derive(Debug, Clone)]
pub struct Looked {
    pub inventories: Vec<Inventory>,
    pub findings: Vec<Finding>,
}

impl Looked {
    /// How many findings there are of a level.
    #[must_use]
    pub fn count(&self, level: Level) -> u64 {
        self.findings.iter().filter(|f| f.level == level).count() as u64
    }
}

/// Reads the sources that paths stand for.
pub async fn inspect(
    work: &Workplace,
    paths: &[PathBuf],
    depth: Depth,
    news: &(dyn Fn(Event) + Sync),
    cancel: &CancellationToken,
) -> Vec<Inventory> {
    let hear = |said: News| {
        if !cancel.is_cancelled() {
            tell(said, news);
        }
    };
    read(work, paths, depth, None, &hear, cancel, news).await
}

/// What an inspection tells, as events.
fn tell(said: News, news: &(dyn Fn(Event) + Sync)) {
    match said {
        News::Found { sources } => news(Event::Started { step: Step::Inspect, total: Some(sources) }),
        News::Source(inventory) => news(Event::Source(inventory)),
        News::Read { features } => news(Event::Advanced { step: Step::Inspect, done: features }),
        News::Spotted { .. } => {}
    }
}

async fn read(
    work: &Workplace,
    paths: &[PathBuf],
    depth: Depth,
    model: Option<DataModel>,
    hear: &(dyn Fn(News) + Sync),
    cancel: &CancellationToken,
    news: &(dyn Fn(Event) + Sync),
) -> Vec<Inventory> {
    let inventories = Inspector::new(work.pool()).with_model(model).inspect(paths, depth, hear, cancel).await;
    news(Event::Finished { step: Step::Inspect });
    inventories
}

/// Reads every feature and judges. What is wrong with a feature is told as soon as it is read
/// ([`Event::Spotted`]), the findings of a source as soon as it is read to the end, those of all
/// together last.
pub async fn look(
    work: &Workplace,
    paths: &[PathBuf],
    expectations: &Expectations,
    news: &(dyn Fn(Event) + Sync),
    cancel: &CancellationToken,
) -> Looked {
    // what was not read because one wanted to stop is no finding
    let hear = |said: News| match said {
        _ if cancel.is_cancelled() => {}
        News::Spotted { path, layer, code, faulty } => {
            news(Event::Spotted(Box::new(validate::spotted(&path, &layer, code, &faulty, expectations))));
        }
        News::Source(inventory) => {
            let own = validate_source(&inventory, expectations);
            news(Event::Source(inventory));
            own.into_iter().for_each(|finding| news(Event::Finding(Box::new(finding))));
        }
        said => tell(said, news),
    };
    let model = expectations.model.as_deref().cloned();
    let inventories = read(work, paths, Depth::Scan, model, &hear, cancel, news).await;
    if cancel.is_cancelled() {
        return Looked { inventories, findings: Vec::new() };
    }
    news(Event::Started { step: Step::Validate, total: None });
    let together = validate_together(&inventories, expectations);
    for finding in &together {
        news(Event::Finding(Box::new(finding.clone())));
    }
    let mut findings: Vec<Finding> = inventories.iter().flat_map(|i| validate_source(i, expectations)).collect();
    findings.extend(together);
    let looked = Looked { inventories, findings };
    news(Event::Summary {
        blocks: looked.count(Level::Blocks),
        degrades: looked.count(Level::Degrades),
        tells: looked.count(Level::Tells),
    });
    news(Event::Finished { step: Step::Validate });
    looked
}
