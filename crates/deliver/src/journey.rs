//! The journey itself: look at the platform, ask [`standing`] what comes next, do that one deed, and
//! look again. What is remembered between two looks only spares requests.

use model::{Event, Failure, PackageKind, Step};
use platform::{Client, Refusal, Retry};
use tokio_util::sync::CancellationToken;

use crate::facts::{Memory, Seen, observe};
use crate::order::{Order, Published};
use crate::pace::Pace;
use crate::standing::{Deed, Standing, Trouble, standing};
use crate::{News, check, failure, process, publish, pyramid, upload};

/// How often the platform may be away, or a deed may leave no trace, before giving up.
const PATIENCE: u32 = 8;

/// Looks, does what comes next, and looks again, as far as `last`.
pub(crate) async fn travel(
    client: &Client,
    order: &Order,
    last: Step,
    news: News<'_>,
    cancel: &CancellationToken,
) -> Result<Published, Failure> {
    publish::acceptable(order).map_err(Stop::told)?;
    let mut memory = Memory::default();
    // a pyramid harvested of a service has no files, and nothing left to choose
    if let Some(images) = order.packages.iter().find(|p| p.kind == PackageKind::Raster && !p.files.is_empty()) {
        let offered = pyramid::offered(client, &order.datastore).await?;
        let plan = pyramid::choose(images, &offered, &order.pyramid)?;
        if last >= Step::Process {
            news(Event::Noted { step: Step::Process, message: pyramid::told(&plan) });
        }
        memory.pyramid = Some(plan);
    }
    if last >= Step::Publish {
        publish::expected(client, order, &mut memory).await.map_err(Stop::told)?;
        publish::left_out(order, news);
    }
    let mut pace = Pace::new();
    let mut step: Option<Step> = None;
    let mut previous = (Standing::Done, 0);
    let mut away = 0;
    let published = loop {
        if cancel.is_cancelled() {
            return Err(failure::cancelled());
        }
        let seen = match observe(client, order, &mut memory).await {
            Ok(seen) => seen,
            Err(Stop::Refused(refusal)) if refusal.retry == Retry::Later && away < PATIENCE => {
                away += 1;
                if pace.rest(cancel).await {
                    continue;
                }
                return Err(failure::cancelled());
            }
            Err(stop) => return Err(stop.told()),
        };
        let now = standing(&seen.facts, last);
        previous = if previous.0 == now { (now, previous.1 + 1) } else { (now, 0) };
        if now.step() != step && now != Standing::Done && !matches!(now, Standing::Failed(_)) {
            if let Some(step) = step {
                news(Event::Finished { step });
            }
            step = now.step();
            if let Some(step) = step {
                let total = (step == Step::Upload).then(|| upload::total(order));
                news(Event::Started { step, total });
            }
        }
        match now {
            Standing::Done => break seen.published(order),
            Standing::Failed(Trouble::Checks(n)) => return Err(check::explain(client, order, &seen, n).await),
            Standing::Failed(Trouble::Processing(n, product)) => {
                return Err(process::explain(client, order, &seen, n, product).await);
            }
            Standing::Failed(Trouble::LayerNameTaken(n)) => return Err(publish::taken(order, &seen, n)),
            Standing::Failed(Trouble::Publication(n)) => {
                return Err(failure::publication_failed(&seen.facts.services[n].layer_name));
            }
            Standing::Waiting(_) => {
                if !pace.rest(cancel).await {
                    return Err(failure::cancelled());
                }
            }
            Standing::ToDo(deed) => {
                if previous.1 >= PATIENCE && !matches!(deed, Deed::AddStyle(_)) {
                    return Err(failure::does_not_advance(deed.step()));
                }
                if previous.1 > 0 && !pace.rest(cancel).await {
                    return Err(failure::cancelled());
                }
                pace.reset();
                match act(client, order, deed, &seen, &mut memory, news, cancel).await {
                    Ok(()) => away = 0,
                    Err(Stop::Refused(refusal)) if refusal.retry == Retry::Later && away < PATIENCE => away += 1,
                    Err(stop) => return Err(stop.told()),
                }
            }
        }
    };
    if let Some(step) = step {
        news(Event::Finished { step });
    }
    Ok(published)
}

/// Does one deed.
async fn act(
    client: &Client,
    order: &Order,
    deed: Deed,
    seen: &Seen,
    memory: &mut Memory,
    news: News<'_>,
    cancel: &CancellationToken,
) -> Result<(), Stop> {
    tracing::debug!(?deed, "doing");
    match deed.step() {
        Step::Upload => upload::act(client, order, deed, seen, memory, news, cancel).await,
        Step::Check => check::act(client, order, deed, seen).await,
        Step::Process => process::act(client, order, deed, seen, memory, news).await,
        _ => publish::act(client, order, deed, seen, memory, news).await,
    }
}

/// Why a deed or a look stopped: the platform's refusal (perhaps to be tried again), or a failure
/// already told.
#[derive(Debug)]
pub(crate) enum Stop {
    Refused(Refusal),
    Failed(Box<Failure>),
}

impl Stop {
    pub(crate) fn told(self) -> Failure {
        match self {
            Stop::Refused(refusal) => failure::refused(&refusal),
            Stop::Failed(failure) => *failure,
        }
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Stop::Refused(refusal)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failed(Box::new(failure))
    }
}
