//! `quai update` and `quai harvest`: told before they are done.

use std::sync::Arc;

use commands::{Event, Failure, HarvestRequest, UpdateRequest, Workplace};
use model::{Extent, UpdateHow};
use tokio_util::sync::CancellationToken;

use crate::arguments::{Harvesting, Updating};
use crate::run::{confirm, levels_of, reach};
use crate::screen::Screen;

fn usage(says: [&str; 2]) -> Failure {
    Failure::new("USAGE", says[0], says[1])
}

pub(crate) async fn update(
    work: &Arc<Workplace>,
    screen: &Arc<Screen>,
    asked: Updating,
    cancel: &CancellationToken,
) -> Result<u8, Failure> {
    let reach = reach(work, screen, &asked.connection, asked.yes).await?;
    let hear = |event: Event| screen.hear(&event);
    let name = &asked.name;
    let question = |fr: &str, en: &str| format!("{} {}", screen.say(fr, en), reach.place());
    if asked.undo {
        if !asked.yes {
            confirm(
                screen,
                &question("Rétablir l’état d’avant dans l’entrepôt", "Bring the former state back in datastore"),
            )?;
        }
        commands::undo_update(work, &reach, name, &hear, cancel).await?;
        return Ok(0);
    }
    if asked.confirm {
        let found = commands::updatable(&reach, name).await?;
        if let (Some(waiting), false) = (&found.waiting, asked.yes) {
            let after = waiting.how.afterwards();
            screen.line(screen.of(&after));
            confirm(
                screen,
                &question("Abandonner l’état d’avant dans l’entrepôt", "Give the former state up in datastore"),
            )?;
        }
        commands::confirm_update(work, &reach, name, &hear, cancel).await?;
        return Ok(0);
    }
    let Some(how) = asked.how.map(UpdateHow::from) else {
        let found = commands::updatable(&reach, name).await?;
        screen.updatable(name, &found);
        if asked.paths.is_empty() {
            return Ok(0);
        }
        return Err(usage([
            "Dites comment : --how injection, successive ou merge.",
            "Say how: --how injection, successive or merge.",
        ]));
    };
    if asked.paths.is_empty() {
        return Err(usage(["Donnez les nouvelles images.", "Give the new images."]));
    }
    let after = how.afterwards();
    screen.line(screen.of(&after));
    if !asked.yes {
        confirm(screen, &question("Mettre à jour dans l’entrepôt", "Update in datastore"))?;
    }
    let request = UpdateRequest { datasheet: name.clone(), paths: asked.paths, how, srs: asked.srs };
    commands::update(work, &reach, &request, &hear, cancel).await?;
    Ok(0)
}

pub(crate) async fn harvest(
    work: &Arc<Workplace>,
    screen: &Arc<Screen>,
    asked: Harvesting,
    cancel: &CancellationToken,
) -> Result<u8, Failure> {
    let area = match asked.area.as_deref() {
        Some([w, s, e, n]) if w < e && s < n => Extent::new(*w, *s, *e, *n),
        None => None,
        Some(_) => return Err(usage(["--area : ouest,sud,est,nord.", "--area: west,south,east,north."])),
    };
    let request = HarvestRequest {
        name: asked.name,
        from: asked.from,
        url: asked.url,
        layers: asked.layers,
        area,
        levels: levels_of(asked.levels.as_deref())?,
        transparent: asked.transparent,
        services: asked.services,
        title: asked.title,
        private: asked.private,
    };
    let reach = reach(work, screen, &asked.connection, asked.yes).await?;
    if !asked.yes && !request.private {
        let question = screen.say(
            "Publier à la vue de tous (GetCapabilities) dans l’entrepôt",
            "Publish, visible to everybody in GetCapabilities, in datastore",
        );
        confirm(screen, &format!("{question} {}", reach.place()))?;
    }
    commands::harvest(work, &reach, &request, &|event| screen.hear(&event), cancel).await?;
    Ok(0)
}
