//! `quai validate`: the judgement, and the reports that are made of it.

use std::path::PathBuf;
use std::sync::Arc;

use commands::report::{geojson, html, sarif};
use commands::{Event, Expectations, Failure, Language, Workplace};
use model::{Extent, Level, Service};
use tokio_util::sync::CancellationToken;

use crate::arguments::{Format, Judging};
use crate::screen::Screen;

/// The format meant: what is said, else what the file's ending says, else the screen.
fn format_of(judging: &Judging) -> Format {
    let ending = judging.output.as_ref().and_then(|o| o.extension()).map(|e| e.to_string_lossy().to_lowercase());
    judging.format.unwrap_or(match ending.as_deref() {
        Some("html" | "htm") => Format::Html,
        Some("geojson") => Format::Geojson,
        Some("sarif") => Format::Sarif,
        Some("jsonl" | "json" | "ndjson") => Format::Jsonl,
        _ => Format::Screen,
    })
}

pub(crate) async fn run(
    work: &Workplace,
    screen: &Screen,
    paths: &[PathBuf],
    services: Vec<Service>,
    srs: Option<String>,
    judging: &Judging,
    cancel: &CancellationToken,
) -> Result<u8, Failure> {
    let model = judging.model.as_deref().map(commands::model_named).transpose()?;
    let area = judging.area.as_deref().map(area).transpose()?;
    let expectations = Expectations {
        declared_srs: srs,
        services,
        language: work.language,
        area,
        files: model.as_ref().and_then(|_| commands::files_of(paths)),
        model: model.map(Arc::new),
    };
    let format = format_of(judging);
    let lines = screen.json || (format == Format::Jsonl && judging.output.is_none());
    let kept = std::sync::Mutex::new(Vec::new());
    let hear = |event: Event| {
        let data = matches!(event, Event::Finding(_) | Event::Summary { .. } | Event::Spotted(_));
        if data && format == Format::Jsonl && judging.output.is_some() {
            if let (Ok(mut kept), Ok(line)) = (kept.lock(), serde_json::to_string(&event)) {
                kept.push(line);
            }
        } else if data && lines {
            screen.data(&event);
        } else if !lines && !matches!(event, Event::Source(_)) && (format == Format::Screen || !data) {
            screen.hear(&event);
        }
    };
    let looked = commands::look(work, paths, &expectations, &hear, cancel).await;
    crate::run::go_on(cancel)?;
    let title = paths.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ");
    let text = match format {
        Format::Screen => None,
        Format::Jsonl => judging.output.as_ref().map(|_| {
            let mut text = kept.lock().map(|kept| kept.join("\n")).unwrap_or_default();
            text.push('\n');
            text
        }),
        Format::Geojson => Some(geojson(&looked.findings)),
        Format::Html => Some(html(&looked.findings, &title, work.language)),
        Format::Sarif => Some(sarif(&looked.findings, work.language, env!("CARGO_PKG_VERSION"))),
    };
    if let Some(text) = text {
        match &judging.output {
            Some(file) => commands::write_report(file, &text)?,
            None => screen.text(&text),
        }
    } else if let Some(file) = &judging.output {
        let mut text: String =
            looked.findings.iter().map(|f| format!("{:?} {} {}\n", f.level, f.code, f.message)).collect();
        if work.language == Language::Fr && text.is_empty() {
            text.push_str("Aucun constat.\n");
        }
        commands::write_report(file, &text)?;
    }
    Ok(u8::from(looked.count(Level::Blocks) > 0))
}

fn area(numbers: &[f64]) -> Result<Extent, Failure> {
    let extent = match numbers {
        [w, s, e, n] if w < e && s < n => Extent::new(*w, *s, *e, *n),
        _ => None,
    };
    extent.ok_or_else(|| {
        Failure::new(
            "USAGE",
            "L’emprise attendue ne va pas : il faut ouest,sud,est,nord en degrés.",
            "The area expected will not do: it must be west,south,east,north in degrees.",
        )
        .hint("Par exemple --area 2.2,48.8,2.5,48.95.", "For instance --area 2.2,48.8,2.5,48.95.")
    })
}
