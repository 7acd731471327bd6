//! Where a delivery stands, and so what comes next. Pure: the same facts give the same answer.

use model::Step;
use platform::wire::{OfferingStatus, StoredDataStatus, UploadStatus};

use crate::facts::{Facts, LineFacts, ProductFacts, RunState, ServiceFacts, UploadFacts};

/// What a processing makes of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Product {
    /// The vector database, or the copied archive.
    Data,
    /// The vector tiles made from the database.
    Pyramid,
}

/// One change of the platform. The number says on which package, or on which service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    CreateUpload(usize),
    TagUpload(usize),
    SendFiles(usize),
    SendMd5(usize),
    /// What an earlier run left unstable goes before a new start.
    DiscardUpload(usize),
    CloseUpload(usize),
    CreateRun(usize, Product),
    TagProduct(usize, Product),
    Launch(usize, Product),
    DiscardProduct(usize, Product),
    /// Edition and extent of an archive, which nothing computes.
    Describe(usize),
    SaveTree(usize),
    DeleteUpload(usize),
    AddStyle(usize),
    CreateConfiguration(usize),
    ReplaceConfiguration(usize),
    TagConfiguration(usize),
    Offer(usize),
    Synchronise(usize),
    RemoveOffering(usize),
}

impl Deed {
    /// The step it belongs to.
    #[must_use]
    pub const fn step(self) -> Step {
        use Deed::*;
        match self {
            CreateUpload(_) | TagUpload(_) | SendFiles(_) | SendMd5(_) | DiscardUpload(_) => Step::Upload,
            CloseUpload(_) => Step::Check,
            CreateRun(..) | TagProduct(..) | Launch(..) | DiscardProduct(..) | Describe(_) | SaveTree(_)
            | DeleteUpload(_) => Step::Process,
            _ => Step::Publish,
        }
    }
}

/// What stops a journey; the number says on which package, or on which service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    Checks(usize),
    Processing(usize, Product),
    LayerNameTaken(usize),
    Publication(usize),
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    ToDo(Deed),
    Waiting(Step),
    Failed(Trouble),
    Done,
}

impl Standing {
    pub(crate) const fn step(self) -> Option<Step> {
        match self {
            Standing::ToDo(deed) => Some(deed.step()),
            Standing::Waiting(step) => Some(step),
            Standing::Failed(_) | Standing::Done => None,
        }
    }
}

/// Where a delivery stands, worked out from what the platform reports. Close the laptop, come back
/// by the command line on another machine: the same facts give the same answer. `last` is the step
/// to go as far as.
#[must_use]
pub fn standing(facts: &Facts, last: Step) -> Standing {
    let lines: Vec<Standing> = facts.lines.iter().enumerate().map(|(n, line)| of_line(n, line)).collect();
    let rooms = if lines.iter().all(|s| *s == Standing::Done) {
        facts.services.iter().enumerate().map(|(n, service)| of_service(n, service)).collect()
    } else {
        lines
    };
    if let Some(failed) = rooms.iter().find(|s| matches!(s, Standing::Failed(_))) {
        return *failed;
    }
    let left = || rooms.iter().copied().filter(|s| s.step().is_some_and(|step| step <= last));
    left()
        .filter(|s| matches!(s, Standing::ToDo(_)))
        .min_by_key(|s| s.step())
        .or_else(|| left().min_by_key(|s| s.step()))
        .unwrap_or(Standing::Done)
}

fn of_line(n: usize, line: &LineFacts) -> Standing {
    if let Some(standing) = of_product(n, Product::Data, &line.data) {
        return standing;
    }
    if line.data.data.is_none() {
        return match &line.upload {
            None => Standing::ToDo(Deed::CreateUpload(n)),
            Some(upload) => of_upload(n, upload),
        };
    }
    if line.describe {
        return Standing::ToDo(Deed::Describe(n));
    }
    if let Some(upload) = line.upload.as_ref().filter(|_| !line.keep_upload) {
        return Standing::ToDo(if upload.tree_saved { Deed::DeleteUpload(n) } else { Deed::SaveTree(n) });
    }
    let Some(pyramid) = &line.pyramid else { return Standing::Done };
    match of_product(n, Product::Pyramid, pyramid) {
        Some(standing) => standing,
        None if pyramid.data.is_none() => Standing::ToDo(Deed::CreateRun(n, Product::Pyramid)),
        None => Standing::Done,
    }
}

fn of_upload(n: usize, upload: &UploadFacts) -> Standing {
    if !upload.tagged {
        return Standing::ToDo(Deed::TagUpload(n));
    }
    match upload.status {
        UploadStatus::Open if upload.to_send > 0 => Standing::ToDo(Deed::SendFiles(n)),
        UploadStatus::Open if !upload.md5_sent => Standing::ToDo(Deed::SendMd5(n)),
        UploadStatus::Open => Standing::ToDo(Deed::CloseUpload(n)),
        UploadStatus::Unstable if upload.leftover => Standing::ToDo(Deed::DiscardUpload(n)),
        UploadStatus::Unstable => Standing::Failed(Trouble::Checks(n)),
        UploadStatus::Closed if upload.checks_failed => Standing::Failed(Trouble::Checks(n)),
        // closed, and no check left that could still fail
        UploadStatus::Closed if !upload.checks_pending => Standing::ToDo(Deed::CreateRun(n, Product::Data)),
        _ => Standing::Waiting(Step::Check),
    }
}

/// What a product needs; nothing when there is none yet, or when it is ready.
fn of_product(n: usize, product: Product, facts: &ProductFacts) -> Option<Standing> {
    let data = facts.data.as_ref()?;
    let todo = |deed| Some(Standing::ToDo(deed));
    let failed = || {
        if facts.leftover {
            todo(Deed::DiscardProduct(n, product))
        } else {
            Some(Standing::Failed(Trouble::Processing(n, product)))
        }
    };
    match (&data.status, facts.run) {
        (StoredDataStatus::Generated, _) if data.tagged => None,
        (StoredDataStatus::Unstable, _) | (_, Some(RunState::Failed)) => failed(),
        _ if !data.tagged => todo(Deed::TagProduct(n, product)),
        (_, Some(RunState::Created)) => todo(Deed::Launch(n, product)),
        _ => Some(Standing::Waiting(Step::Process)),
    }
}

fn of_service(n: usize, service: &ServiceFacts) -> Standing {
    let todo = Standing::ToDo;
    let Some(configuration) = &service.configuration else {
        return todo(if service.styles_missing > 0 { Deed::AddStyle(n) } else { Deed::CreateConfiguration(n) });
    };
    if !configuration.ours {
        return Standing::Failed(Trouble::LayerNameTaken(n));
    }
    if !configuration.serves {
        return todo(if service.styles_missing > 0 { Deed::AddStyle(n) } else { Deed::ReplaceConfiguration(n) });
    }
    let status = service.offering.as_ref().map(|o| &o.status);
    match status {
        None if !configuration.tagged => todo(Deed::TagConfiguration(n)),
        None => todo(Deed::Offer(n)),
        Some(OfferingStatus::Unpublished) => todo(Deed::RemoveOffering(n)),
        Some(OfferingStatus::Unstable) if service.leftover => todo(Deed::Synchronise(n)),
        Some(OfferingStatus::Unstable) => Standing::Failed(Trouble::Publication(n)),
        Some(OfferingStatus::Published) if !configuration.tagged => todo(Deed::Synchronise(n)),
        Some(OfferingStatus::Published) => Standing::Done,
        Some(_) => Standing::Waiting(Step::Publish),
    }
}

#[cfg(test)]
mod tests;
