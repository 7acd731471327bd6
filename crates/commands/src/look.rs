//! Inspect and validate: what the files hold, and what the platform would say of it.

use std::path::PathBuf;

use inspect::{Depth, Inspector, News};
use model::{Event, Finding, Inventory, Level, Step};
use tokio_util::sync::CancellationToken;
use validate::{Expectations, validate};

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
    let tell = |said: News| match said {
        News::Found { sources } => news(Event::Started { step: Step::Inspect, total: Some(sources) }),
        News::Source(inventory) => news(Event::Source(inventory)),
        News::Read { features } => news(Event::Advanced { step: Step::Inspect, done: features }),
    };
    let inventories = Inspector::new(work.pool()).inspect(paths, depth, &tell, cancel).await;
    news(Event::Finished { step: Step::Inspect });
    inventories
}

/// Reads every feature, then judges.
pub async fn look(
    work: &Workplace,
    paths: &[PathBuf],
    expectations: &Expectations,
    news: &(dyn Fn(Event) + Sync),
    cancel: &CancellationToken,
) -> Looked {
    let inventories = inspect(work, paths, Depth::Scan, news, cancel).await;
    news(Event::Started { step: Step::Validate, total: None });
    let findings = validate(&inventories, expectations);
    for finding in &findings {
        news(Event::Finding(Box::new(finding.clone())));
    }
    let looked = Looked { inventories, findings };
    news(Event::Summary {
        blocks: looked.count(Level::Blocks),
        degrades: looked.count(Level::Degrades),
        tells: looked.count(Level::Tells),
    });
    news(Event::Finished { step: Step::Validate });
    looked
}
