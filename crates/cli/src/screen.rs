//! What people see: lines on standard error, a bar on a terminal, JSON lines when asked.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use commands::{Datasheet, Deletion, Updatable};
use console::style;
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use model::{
    Event, Failure, Finding, Inventory, Level, Preflight, Purpose, SharedOffering, Step, Update, UpdateHow,
    UpdateState, Verdict,
};
use serde::Serialize;

use crate::arguments::Lang;

/// How often a line is said where there is no terminal.
const EVERY: Duration = Duration::from_secs(10);

pub(crate) struct Screen {
    pub(crate) json: bool,
    pub(crate) lang: Lang,
    bar: ProgressBar,
    last: Mutex<(Instant, Option<u64>)>,
}

impl Screen {
    pub(crate) fn new(json: bool, lang: Lang) -> Self {
        let bar =
            if std::io::stderr().is_terminal() && !json { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        Self { json, lang, bar, last: Mutex::new((Instant::now(), None)) }
    }

    pub(crate) fn say<'a>(&self, fr: &'a str, en: &'a str) -> &'a str {
        if self.lang == Lang::Fr { fr } else { en }
    }

    /// The sentence in the person's language.
    pub(crate) fn of<'a>(&self, message: &'a [String; 2]) -> &'a str {
        &message[usize::from(self.lang == Lang::En)]
    }

    /// A line for people.
    pub(crate) fn line(&self, text: &str) {
        self.bar.suspend(|| {
            let _ = writeln!(std::io::stderr(), "{text}");
        });
    }

    /// A whole document; a pipe that nobody reads any more is no error.
    pub(crate) fn text(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes());
        let _ = out.flush();
    }

    /// A line of data; a pipe that nobody reads any more is no error.
    pub(crate) fn data<T: Serialize>(&self, value: &T) {
        if let Ok(text) = serde_json::to_string(value) {
            let mut out = std::io::stdout().lock();
            let _ = writeln!(out, "{text}");
            let _ = out.flush();
        }
    }

    pub(crate) fn step(&self, step: Step) -> &'static str {
        match (step, self.lang) {
            (Step::Drop, Lang::Fr) => "Dépôt",
            (Step::Inspect, Lang::Fr) => "Inspection",
            (Step::Validate, Lang::Fr) => "Validation",
            (Step::Package, Lang::Fr) => "Préparation du paquet",
            (Step::Upload, Lang::Fr) => "Téléversement",
            (Step::Check, Lang::Fr) => "Vérifications",
            (Step::Process, Lang::Fr) => "Traitement",
            (Step::Publish, Lang::Fr) => "Publication",
            (Step::Share, Lang::Fr) => "Partage",
            (Step::Drop, Lang::En) => "Drop",
            (Step::Inspect, Lang::En) => "Inspect",
            (Step::Validate, Lang::En) => "Validate",
            (Step::Package, Lang::En) => "Package",
            (Step::Upload, Lang::En) => "Upload",
            (Step::Check, Lang::En) => "Check",
            (Step::Process, Lang::En) => "Process",
            (Step::Publish, Lang::En) => "Publish",
            (Step::Share, Lang::En) => "Share",
        }
    }

    /// Shows one piece of news.
    pub(crate) fn hear(&self, event: &Event) {
        if self.json {
            self.data(event);
            return;
        }
        match event {
            Event::Started { step, total } => {
                if let Ok(mut last) = self.last.lock() {
                    *last = (Instant::now(), *total);
                }
                self.bar.set_message(self.step(*step).to_owned());
                if matches!(step, Step::Upload | Step::Package) && total.is_some() {
                    self.bar.set_length(total.unwrap_or(0));
                    if let Ok(look) = ProgressStyle::with_template("{msg:24} {bar:30} {bytes}/{total_bytes} {eta}") {
                        self.bar.set_style(look);
                    }
                } else {
                    self.bar.set_style(ProgressStyle::default_spinner());
                    self.bar.enable_steady_tick(Duration::from_millis(120));
                }
                self.bar.set_position(0);
            }
            Event::Advanced { step, done } => {
                self.bar.set_position(*done);
                if let Ok(mut last) = self.last.lock()
                    && self.bar.is_hidden()
                    && last.0.elapsed() > EVERY
                {
                    last.0 = Instant::now();
                    let of = last.1.map(|t| format!(" / {t}")).unwrap_or_default();
                    let _ = writeln!(std::io::stderr(), "{}: {done}{of}", self.step(*step));
                }
            }
            Event::Noted { step, message } => {
                self.line(&format!("{} {}: {}", style("·").dim(), self.step(*step), self.of(message)))
            }
            Event::Logged { line, .. } => self.line(&format!("  {}", style(line).dim())),
            Event::Warned { message, .. } => self.line(&format!("{} {}", style("!").yellow(), self.of(message))),
            Event::Finished { step } => self.line(&format!("{} {}", style("✓").green(), self.step(*step))),
            Event::Source(inventory) => self.show_source(inventory),
            Event::Finding(finding) => self.show_finding(finding),
            // the finding itself follows, with its count
            Event::Spotted(finding) => self.bar.set_message(finding.message.clone()),
            Event::Preflight(preflight) => self.show_preflight(preflight),
            Event::Summary { blocks, degrades, tells } => {
                let text = match self.lang {
                    Lang::Fr => format!("{blocks} bloquant(s), {degrades} à améliorer, {tells} information(s)"),
                    Lang::En => format!("{blocks} blocking, {degrades} degrading, {tells} for information"),
                };
                self.line(&text);
            }
            Event::Uploaded { .. } | Event::Processed { .. } | Event::Checked { .. } => self.show_end(event),
            Event::Shared { datasheet, offerings } => self.show_shared(datasheet, offerings),
            Event::Updated(update) => self.show_updated(update),
            Event::Published { datasheet, offerings, .. } => {
                self.bar.finish_and_clear();
                let head = self.say("En ligne", "Live");
                self.line(&format!("\n{} {}", style(head).green().bold(), style(datasheet).bold()));
                for offering in offerings {
                    for url in &offering.urls {
                        self.line(&format!("  {:12} {}", offering.kind, url.url));
                    }
                }
            }
        }
    }

    fn show_end(&self, event: &Event) {
        let gone = self.say("déjà en donnée stockée", "stored already");
        let list = |ids: &[String]| if ids.is_empty() { gone.to_owned() } else { ids.join(", ") };
        match event {
            Event::Uploaded { uploads, .. } => {
                self.line(&format!("{} {}", self.say("Livraison :", "Upload:"), list(uploads)));
            }
            Event::Checked { uploads, checks, .. } => {
                self.line(&format!("{} {}", self.say("Livraison :", "Upload:"), list(uploads)));
                for check in checks {
                    let mark = if check.passed { style("✓").green() } else { style("✗").red() };
                    self.line(&format!("  {mark} {}", check.name));
                }
            }
            Event::Processed { stored_data, .. } => {
                self.line(&format!("{} {}", self.say("Donnée stockée :", "Stored data:"), list(stored_data)));
            }
            _ => {}
        }
    }

    fn show_updated(&self, update: &Update) {
        self.bar.finish_and_clear();
        let name = &update.datasheet;
        let head = match update.state {
            UpdateState::Shown => {
                self.say("Mis à jour, l’état d’avant est gardé :", "Updated, the former state is kept:")
            }
            UpdateState::Begun => self.say(
                "Mise à jour commencée, pas finie (la relancer avec les mêmes images l’achève) :",
                "Update begun, not done (running it again with the same images ends it):",
            ),
            UpdateState::Injecting => self.say(
                "Injection confirmée et commencée (`--confirm` l’achève) :",
                "Injection confirmed and begun (`--confirm` ends it):",
            ),
            UpdateState::Confirmed => self.say("Mise à jour confirmée :", "Update confirmed:"),
            UpdateState::Undone => self.say("L’état d’avant est rétabli :", "The former state is back:"),
        };
        self.line(&format!("\n{} {}", style(head).green().bold(), style(name).bold()));
        for service in &update.services {
            self.line(&format!("  {service}"));
        }
        if update.state == UpdateState::Shown {
            self.line(&match self.lang {
                Lang::Fr => {
                    format!("`quai update {name} --undo` le rétablit, `quai update {name} --confirm` l’abandonne.")
                }
                Lang::En => {
                    format!("`quai update {name} --undo` brings it back, `quai update {name} --confirm` gives it up.")
                }
            });
        }
    }

    /// What an update would be laid on, and what each way makes impossible.
    pub(crate) fn updatable(&self, name: &str, found: &Updatable) {
        if self.json {
            let waiting = &found.waiting;
            self.data(&serde_json::json!({
                "type": "updatable", "datasheet": name, "stored_data": found.live, "services": found.services,
                "masked": found.masked, "waiting": waiting,
                "ways": UpdateHow::ALL.map(|how| serde_json::json!({ "how": how, "afterwards": how.afterwards() })),
            }));
            return;
        }
        self.line(&format!("{}", style(name).bold()));
        for service in &found.services {
            self.line(&format!("  {service}"));
        }
        if let Some(update) = &found.waiting {
            self.show_updated(update);
            return;
        }
        for how in UpdateHow::ALL {
            let after = how.afterwards();
            self.line(&format!("· {}", self.of(&after)));
        }
    }

    fn show_shared(&self, datasheet: &str, offerings: &[SharedOffering]) {
        self.bar.finish_and_clear();
        self.line(&format!("{}", style(datasheet).bold()));
        for offering in offerings {
            let status = if offering.status == "PUBLISHED" { "" } else { offering.status.as_str() };
            self.line(&format!("\n{}  {} {status}", style(&offering.kind).cyan(), offering.layer_name));
            if let Some(probe) = &offering.probe {
                let mark = match probe.verdict {
                    Verdict::Answers => style("✓").green(),
                    Verdict::Blank => style("!").yellow(),
                    Verdict::Silent => style("✗").red(),
                    Verdict::NotAsked => style("·").dim(),
                };
                self.line(&format!("  {mark} {} ({} ms)", self.of(&probe.message), probe.milliseconds));
            }
            for link in &offering.links {
                let what = match link.purpose {
                    Purpose::Connection => self.say("connexion", "connection"),
                    Purpose::Qgis => "QGIS",
                    Purpose::Page => self.say("page", "page"),
                };
                self.line(&format!("  {what:12} {}", link.url));
            }
        }
    }

    /// What the platform holds of a datasheet.
    pub(crate) fn sheet(&self, sheet: &Datasheet) {
        if self.json {
            return self.typed("datasheet", sheet);
        }
        self.line(&format!("{}", style(&sheet.name).bold()));
        if sheet.entities.is_empty() {
            self.line(self.say("  rien sous ce nom", "  nothing under that name"));
        }
        for entity in &sheet.entities {
            self.line(&format!("  {:14} {:20} {:12} {}", entity.entity, entity.kind, entity.status, entity.name));
            for url in &entity.urls {
                self.line(&format!("    {}", style(&url.url).dim()));
            }
        }
    }

    /// The names of the datasheets.
    pub(crate) fn sheets(&self, names: &[String]) {
        if self.json {
            return self.typed("datasheets", &serde_json::json!({ "names": names }));
        }
        if names.is_empty() {
            self.line(self.say("Aucune fiche dans cet entrepôt.", "No datasheet in this datastore."));
        }
        names.iter().for_each(|name| self.line(name));
    }

    /// What a deletion would remove.
    pub(crate) fn doomed(&self, deletion: &Deletion) {
        if self.json {
            return self.typed("deletion", deletion);
        }
        if deletion.entities.is_empty() {
            self.line(self.say("Rien à supprimer sous ce nom.", "Nothing to delete under that name."));
        }
        for doomed in &deletion.entities {
            self.line(&format!("  {:14} {}", doomed.entity, doomed.name));
        }
    }

    /// A line of data that says what it is.
    pub(crate) fn typed<T: Serialize>(&self, kind: &str, value: &T) {
        let mut line = serde_json::Map::from_iter([("type".to_owned(), kind.into())]);
        if let Ok(serde_json::Value::Object(members)) = serde_json::to_value(value) {
            line.extend(members);
        }
        self.data(&line);
    }

    fn show_source(&self, inventory: &Inventory) {
        let driver = inventory.driver.as_deref().unwrap_or("–");
        self.line(&format!("{}  {driver}, {}", style(&inventory.path).bold(), HumanBytes(inventory.bytes)));
        if let Some(problem) = &inventory.problem {
            self.line(&format!("  {} {}: {}", style("✗").red(), problem.code, problem.message));
        }
        for layer in &inventory.layers {
            let crs = layer.crs.as_ref().map_or_else(
                || "–".to_owned(),
                |c| {
                    let twin = c.twin.as_ref().map(|t| format!(" = {t}")).unwrap_or_default();
                    format!("{}{twin} {}", c.code.as_deref().unwrap_or("?"), c.name)
                },
            );
            let count = layer.features.map_or_else(|| "?".to_owned(), |n| n.to_string());
            self.line(&format!("  {}  {count} × {}  {crs}", style(&layer.name).cyan(), layer.geometry));
            if let Some(e) = layer.extent_wgs84 {
                self.line(&format!("    {:.4} {:.4} {:.4} {:.4}", e.minx, e.miny, e.maxx, e.maxy));
            }
            let fields: Vec<String> = layer.fields.iter().map(|f| format!("{}:{}", f.name, f.kind)).collect();
            if !fields.is_empty() {
                self.line(&format!("    {}", style(fields.join(" ")).dim()));
            }
        }
        if let Some(raster) = &inventory.raster {
            let bands: Vec<&str> = raster.bands.iter().map(|b| b.kind.as_str()).collect();
            let code = raster.crs.as_ref().and_then(|c| c.code.as_deref()).unwrap_or("–");
            let tiles = inventory.raster_set.as_ref().map_or_else(String::new, |set| match self.lang {
                Lang::Fr => format!("{} dalle(s), ", set.tiles.len()),
                Lang::En => format!("{} tile(s), ", set.tiles.len()),
            });
            self.line(&format!("  {tiles}{} × {} px, {}, {code}", raster.width, raster.height, bands.join("+")));
        }
        for tile in inventory.raster_set.iter().flat_map(|set| &set.tiles) {
            if let Some(problem) = &tile.problem {
                self.line(&format!("  {} {}: {} {}", style("✗").red(), tile.path, problem.code, problem.message));
            }
        }
    }

    fn show_finding(&self, finding: &Finding) {
        let mark = match finding.level {
            Level::Blocks => style("✗").red(),
            Level::Degrades => style("!").yellow(),
            Level::Tells | Level::Debug => style("·").dim(),
        };
        self.line(&format!("{mark} {} {}", finding.message, style(finding.code.as_str()).dim()));
    }

    fn show_preflight(&self, preflight: &Preflight) {
        self.bar.finish_and_clear();
        for finding in &preflight.findings {
            self.show_finding(finding);
        }
        let mark = if preflight.works { style("✓").green() } else { style("✗").red() };
        self.line(&format!("\n{mark} {}", self.of(&preflight.message)));
    }

    /// What stopped the command.
    /// A line of data as people read it.
    pub(crate) fn print(&self, text: &str) {
        let _ = writeln!(std::io::stdout(), "{text}");
    }

    /// What went wrong without stopping the command.
    pub(crate) fn warn(&self, failure: &Failure) {
        self.line(self.of(&failure.message));
        if let Some(hint) = &failure.hint {
            self.line(self.of(hint));
        }
    }

    pub(crate) fn fail(&self, failure: &Failure) {
        self.bar.finish_and_clear();
        if self.json {
            self.data(&serde_json::json!({ "type": "failure", "failure": failure }));
        }
        let at = usize::from(self.lang == Lang::En);
        let head = self.say("erreur", "error");
        let _ = writeln!(std::io::stderr(), "{}: {} [{}]", style(head).red().bold(), failure.message[at], failure.code);
        for line in failure.log.iter().take(20) {
            let _ = writeln!(std::io::stderr(), "  {line}");
        }
        if let Some(hint) = &failure.hint {
            let head = self.say("conseil", "hint");
            let _ = writeln!(std::io::stderr(), "{}: {}", style(head).cyan(), hint[at]);
        }
    }
}
