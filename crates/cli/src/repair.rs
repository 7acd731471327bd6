//! `quai repair`: the plan for people or for software, then the copy.

use commands::{Event, Failure, Workplace};
use console::style;
use model::{Level, Rename, RepairChoices, RepairPlan, Repaired};
use tokio_util::sync::CancellationToken;

use crate::arguments::Repairing;
use crate::screen::Screen;

pub(crate) async fn repair(
    work: &Workplace,
    screen: &Screen,
    asked: Repairing,
    cancel: &CancellationToken,
) -> Result<u8, Failure> {
    if let Some(folder) = &asked.undo {
        commands::undo_repair(folder)?;
        return Ok(0);
    }
    let choices = choices_of(&asked)?;
    let hear = |event: Event| {
        let said = matches!(event, Event::Source(_) | Event::Finding(_) | Event::Summary { .. });
        if !said {
            screen.hear(&event);
        }
    };
    let looked = commands::look_for_repairs(work, &asked.paths, &hear, cancel).await?;
    let plan = commands::plan_repairs(work, &looked, &choices, &hear, cancel).await?;
    show_plan(screen, &plan);
    let Some(into) = asked.into.as_deref().filter(|_| !asked.plan) else {
        return Ok(u8::from(plan.refused.is_some()));
    };
    let repaired = commands::repair(work, &looked, (&plan, &choices), Some(into), &hear, cancel).await?;
    show_repaired(screen, &repaired);
    let blocked = repaired.stays.iter().any(|s| s.finding.level == Level::Blocks);
    Ok(u8::from(blocked))
}

fn choices_of(asked: &Repairing) -> Result<RepairChoices, Failure> {
    let renames = asked
        .rename
        .iter()
        .map(|given| {
            let (from, to) = given.split_once('=').ok_or_else(|| {
                Failure::new("USAGE", format!("« {given} » : ANCIEN=NOUVEAU"), format!("`{given}`: OLD=NEW"))
            })?;
            Ok(Rename { from: from.to_owned(), to: to.to_owned() })
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    Ok(RepairChoices {
        name: asked.name.clone(),
        all_safe: asked.all_safe,
        picks: Vec::new(),
        fix: asked.fix.clone(),
        srs: asked.srs.clone(),
        drop_z: asked.drop_z,
        drop_m: asked.drop_m,
        precision: asked.precision,
        renames,
        drop_fields: asked.drop_field.clone(),
    })
}

fn show_plan(screen: &Screen, plan: &RepairPlan) {
    if screen.json {
        return screen.typed("repair_plan", plan);
    }
    for repair in &plan.repairs {
        let name = repair.id.split('@').next().unwrap_or_default();
        let layer = repair.layer.as_deref().or(repair.file.as_deref()).unwrap_or_default();
        screen.line(&format!("{} {}", style(name).bold(), style(layer).cyan()));
        for option in &repair.options {
            let picked = repair.picked.as_ref() == Some(&option.name);
            let mark = if picked { style("✓").green() } else { style("·").dim() };
            let safe = if option.safe { "" } else { screen.say(" (à choisir)", " (to be chosen)") };
            screen.line(&format!("  {mark} {}{safe} {}", screen.of(&option.sentences), style(&option.name).dim()));
        }
    }
    for table in &plan.tables {
        screen.line(&format!("→ {} {} ({})", style(&table.table).bold(), table.geometry, table.features));
    }
    for stays in &plan.stays {
        screen.line(&format!("{} {}: {}", style("!").yellow(), stays.finding.code, screen.of(&stays.why)));
        show_choices(screen, &stays.choose);
    }
    if let Some(refused) = &plan.refused {
        screen.line(&format!("{} {}", style("✗").red(), screen.of(refused)));
    }
}

fn show_choices(screen: &Screen, flags: &[String]) {
    for (at, flag) in flags.iter().enumerate() {
        let word = if at == 0 { screen.say("ajoutez", "add") } else { screen.say("ou", "or") };
        screen.line(&format!("  {word} {}", style(flag).bold()));
    }
}

fn show_repaired(screen: &Screen, repaired: &Repaired) {
    if screen.json {
        return screen.typed("repaired", repaired);
    }
    for table in &repaired.record.tables {
        screen.line(&format!("{} {} ({})", style("✓").green(), style(&table.table).bold(), table.written));
    }
    for stays in &repaired.stays {
        let words = screen.say("reste", "stays");
        screen.line(&format!("{} {words} {}: {}", style("!").yellow(), stays.finding.code, screen.of(&stays.why)));
        show_choices(screen, &stays.choose);
    }
    screen.line(&format!("{}", repaired.folder.display()));
}
