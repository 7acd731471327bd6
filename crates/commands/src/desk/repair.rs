//! Repairs, as a page asks for them: what may be mended, the copy, and back.

use std::path::PathBuf;

use model::{Failure, RepairChoices, RepairPlan, Repaired};
use serde::Deserialize;
use ts_rs::TS;
use validate::Expectations;

use super::{Desk, Tell, heard, hold};
use crate::look::Looked;

/// What is to be mended, and how. Without picks, `choices.all_safe` marks all that is safe.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct RepairRequest {
    pub paths: Vec<PathBuf>,
    pub choices: RepairChoices,
}

/// The folder of a repair that is to be undone.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct UndoRequest {
    pub folder: PathBuf,
}

impl Desk {
    pub(super) async fn plan_repairs(
        &self,
        asked: RepairRequest,
        call: Option<&str>,
        tell: Tell<'_>,
    ) -> Result<RepairPlan, Failure> {
        let (cancel, _end) = self.cancellable(call);
        let looked = self.looked(&asked, tell, &cancel).await?;
        crate::plan_repairs(&self.work, &looked, &asked.choices, &|event| tell(heard(&event)), &cancel).await
    }

    /// Writes the copy among Quai's own data; the page may then ask about its folder.
    pub(super) async fn repair(
        &self,
        asked: RepairRequest,
        call: Option<&str>,
        tell: Tell<'_>,
    ) -> Result<Repaired, Failure> {
        let (cancel, _end) = self.cancellable(call);
        let looked = self.looked(&asked, tell, &cancel).await?;
        let news = |event| tell(heard(&event));
        let plan = crate::plan_repairs(&self.work, &looked, &asked.choices, &news, &cancel).await?;
        let repaired = crate::repair(&self.work, &looked, (&plan, &asked.choices), None, &news, &cancel).await?;
        hold(&self.grants).add(std::slice::from_ref(&repaired.folder));
        Ok(repaired)
    }

    pub(super) fn undo_repair(&self, asked: &UndoRequest) -> Result<(), Failure> {
        hold(&self.grants).check(std::slice::from_ref(&asked.folder))?;
        crate::undo_repair(&asked.folder)
    }

    /// What was seen of the paths, read again when only headers were.
    async fn looked(
        &self,
        asked: &RepairRequest,
        tell: Tell<'_>,
        cancel: &tokio_util::sync::CancellationToken,
    ) -> Result<Looked, Failure> {
        hold(&self.grants).check(&asked.paths)?;
        if let Ok(inventories) = self.seen(&asked.paths)
            && inventories.iter().flat_map(|i| &i.layers).all(|l| l.scan.is_some())
        {
            let expectations = Expectations { language: self.work.language, ..Expectations::default() };
            let findings = validate::validate(&inventories, &expectations);
            return Ok(Looked { inventories, findings });
        }
        let news = |event| tell(heard(&event));
        crate::look_for_repairs(&self.work, &asked.paths, &news, cancel).await
    }
}
