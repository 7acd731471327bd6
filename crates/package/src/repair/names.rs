//! Names that the platform refuses become the nearest that conform, all different.

use model::{Change, Code, NamedThing, Rename, conforming_names};

use super::{Asked, Offer, option};

pub(super) fn answer(asked: &Asked<'_>) -> Option<Offer> {
    let table = matches!(asked.code, Code::TableNameRefused | Code::TableNameTwice);
    let (of, renames) = if table { (NamedThing::Table, tables(asked)) } else { (NamedThing::Field, fields(asked)) };
    if renames.is_empty() {
        return None;
    }
    let list: Vec<String> = renames.iter().map(|r| format!("{} → {}", r.from, r.to)).collect();
    let list = list.join(", ");
    let (fr, en) = if table {
        (format!("La table change de nom : {list}."), format!("The table changes name: {list}."))
    } else {
        (format!("Les champs changent de nom : {list}."), format!("Fields change name: {list}."))
    };
    Some(Offer::always(option("rename", true, fr, en, Change::Rename { of, renames })))
}

/// The layer's own name among all that go into the package.
fn tables(asked: &Asked<'_>) -> Vec<Rename> {
    let all: Vec<_> = asked.inventories.iter().flat_map(|i| i.layers.iter().map(move |l| (i, l))).collect();
    let names: Vec<&str> = all.iter().map(|(_, l)| l.name.as_str()).collect();
    let ours = |i: &model::Inventory, l: &model::Layer| {
        i.path == asked.inventory.path && asked.layer.is_some_and(|own| own.name == l.name)
    };
    all.iter()
        .zip(conforming_names(&names))
        .filter(|((i, l), name)| ours(i, l) && l.name != *name)
        .map(|((_, l), name)| Rename { from: l.name.clone(), to: name })
        .collect()
}

fn fields(asked: &Asked<'_>) -> Vec<Rename> {
    let Some(layer) = asked.layer else { return Vec::new() };
    let wanted: Vec<&str> = layer
        .fields
        .iter()
        .map(|f| asked.choices.renames.iter().find(|r| r.from == f.name).map_or(f.name.as_str(), |r| r.to.as_str()))
        .collect();
    layer
        .fields
        .iter()
        .zip(conforming_names(&wanted))
        .filter(|(field, name)| field.name != *name)
        .map(|(field, name)| Rename { from: field.name.clone(), to: name })
        .collect()
}
