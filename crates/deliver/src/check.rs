//! The platform's checks: begun by closing the upload, followed by its status and its lists alike
//! (right after closing the lists are empty), explained by their logs.

use model::{CheckOutcome, Failure};
use platform::Client;
use platform::wire::UploadChecks;

use crate::facts::{Seen, UploadFacts, found};
use crate::failure;
use crate::journey::Stop;
use crate::order::Order;
use crate::standing::Deed;

/// At most this many lines of a log are shown.
const MOST_LINES: usize = 20;

/// Looks at the lists of checks.
pub(crate) async fn look(client: &Client, order: &Order, upload: &str, facts: &mut UploadFacts) -> Result<(), Stop> {
    let lists = found(client.upload_checks(&order.datastore, upload).await)?.unwrap_or_default();
    facts.checks_pending = !lists.asked.is_empty() || !lists.in_progress.is_empty();
    facts.checks_failed = !lists.failed.is_empty() && !facts.checks_pending;
    Ok(())
}

pub(crate) async fn act(client: &Client, order: &Order, deed: Deed, seen: &Seen) -> Result<(), Stop> {
    if let Deed::CloseUpload(n) = deed
        && let Some(upload) = &seen.facts.lines[n].upload
    {
        client.close_upload(&order.datastore, &upload.id).await?;
    }
    Ok(())
}

/// What came of the checks of these uploads.
pub(crate) async fn outcomes(client: &Client, order: &Order, uploads: &[String]) -> Result<Vec<CheckOutcome>, Failure> {
    let mut all = Vec::new();
    for upload in uploads {
        let lists = client.upload_checks(&order.datastore, upload).await.map_err(|e| failure::refused(&e))?;
        for (list, passed) in [(lists.passed, true), (lists.failed, false)] {
            all.extend(list.into_iter().map(|c| CheckOutcome { upload: upload.clone(), name: c.check.name, passed }));
        }
    }
    Ok(all)
}

/// What the checks that failed say.
pub(crate) async fn explain(client: &Client, order: &Order, seen: &Seen, n: usize) -> Failure {
    let Some(upload) = &seen.facts.lines[n].upload else {
        return failure::checks_failed(&[], Vec::new());
    };
    let lists = client.upload_checks(&order.datastore, &upload.id).await.unwrap_or_else(|_| UploadChecks::default());
    let mut log = Vec::new();
    let mut names = Vec::new();
    for failed in &lists.failed {
        names.push(failed.check.name.clone());
        let lines = client
            .check_execution_logs(&order.datastore, &failed.id, &platform::Query::new())
            .await
            .unwrap_or_default();
        log.extend(telling(&lines));
    }
    failure::checks_failed(&names, log)
}

/// The lines that explain a failure: those of level ERROR, or the last ones when there is none.
pub(crate) fn telling(lines: &[String]) -> Vec<String> {
    let level = |line: &String| line.split("||").next().is_some_and(|head| head.trim_end().ends_with("ERROR"));
    let errors: Vec<String> = lines.iter().filter(|l| level(l)).take(MOST_LINES).cloned().collect();
    if errors.is_empty() { lines.iter().rev().take(5).rev().cloned().collect() } else { errors }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_that_explain_are_the_errors_or_else_the_last() {
        let lines: Vec<String> = [
            "2026-01-01 10:00:00,001INFO||core||1||begins",
            "2026-01-01 10:00:00,002ERROR||core||2||no CRS",
            "2026-01-01 10:00:00,003INFO||core||3||ends",
        ]
        .map(str::to_owned)
        .into();
        assert_eq!(telling(&lines), [lines[1].clone()]);
        assert_eq!(telling(&lines[2..]), [lines[2].clone()]);
    }
}
