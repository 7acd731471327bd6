//! Repairs: what each finding offers, and what those picked change in the copy. Pure: what must be
//! known of the data is measured before, in a worker. Source files are never part of it.

mod files;
mod names;
mod place;
mod shapes;
mod texts;

use std::collections::BTreeMap;
use std::path::PathBuf;

use geodata::mend::Method;
use geodata::{Measures, MeasuresWanted};
use model::{
    Change, Code, Finding, Inventory, Kind, Layer, Repair, RepairChoices, RepairOption, Stays, conforming_name,
};
use serde::Deserialize;
use serde_json::{Value, json};

pub use files::why_not;

use crate::layer::{AllMends, Mends, Unplaced};
use crate::plan::{Choices, Plan, Refusal, holds_features, plan_vectors};

/// What was measured, by a source's path and a layer's name.
pub type AllMeasures = BTreeMap<(String, String), Measures>;

/// A finding, and what is known of what it points to.
struct Asked<'a> {
    code: Code,
    inventory: &'a Inventory,
    layer: Option<&'a Layer>,
    measures: Option<&'a Measures>,
    inventories: &'a [Inventory],
    choices: &'a RepairChoices,
}

/// What can be done about a finding; several are a choice.
pub(crate) struct Offer {
    pub(crate) options: Vec<RepairOption>,
    /// Done by any copy: packaging would do it too.
    always: bool,
}

impl Offer {
    fn always(option: RepairOption) -> Self {
        Self { options: vec![option], always: true }
    }

    pub(crate) fn choice(options: Vec<RepairOption>) -> Self {
        Self { options, always: false }
    }
}

fn option(
    name: impl Into<String>,
    safe: bool,
    fr: impl Into<String>,
    en: impl Into<String>,
    change: Change,
) -> RepairOption {
    RepairOption { name: name.into(), safe, sentences: [fr.into(), en.into()], change }
}

/// What must be measured of a layer before its repairs can be told.
#[must_use]
pub fn wanted(inventory: &Inventory, layer: &Layer, findings: &[Finding], choices: &RepairChoices) -> MeasuresWanted {
    let has = |code: Code| {
        findings.iter().any(|f| {
            f.code == code
                && f.place.file.as_deref() == Some(inventory.path.as_str())
                && f.place.layer.as_deref().is_none_or(|l| l == layer.name)
        })
    };
    if !holds_features(layer) {
        return MeasuresWanted::default();
    }
    let extent = layer.scan.as_ref().and_then(|s| s.extent).or(layer.extent);
    let doubtful = has(Code::CrsMissing) || has(Code::CrsUnidentified) || has(Code::OutsideCrsArea);
    MeasuresWanted {
        places: extent.filter(|_| doubtful),
        hints: layer.crs.iter().flat_map(|c| &c.candidates).map(|c| c.code.clone()).chain(stated(choices)).collect(),
        swapped: extent.filter(|_| has(Code::AxesSwapped)),
        valid: has(Code::GeometryInvalid),
        texts: inventory.driver.as_deref() == Some("CSV"),
        columns: inventory.driver.as_deref() == Some("CSV") && layer.geometry == "None",
    }
}

/// The CRS that a person names, whether it is one to be thought of or not.
fn stated(choices: &RepairChoices) -> impl Iterator<Item = String> + '_ {
    let picked = choices.picks.iter().map(|p| p.option.as_str());
    let fixed = choices.fix.iter().filter_map(|f| f.split_once('=')).map(|(_, option)| option);
    picked.chain(fixed).map(|o| o.strip_prefix("assign:").unwrap_or(o)).filter(|o| o.contains(':')).map(str::to_owned)
}

/// What to add to the command for each option of a repair.
fn flags(code: Code, options: &[RepairOption]) -> Vec<String> {
    fn short(name: &str) -> &str {
        name.split_once(':').map_or(name, |(_, value)| value)
    }
    let alone = |name: &str| options.iter().filter(|o| short(&o.name) == short(name)).count() == 1;
    options
        .iter()
        .map(|o| format!("--fix {}={}", code.as_str(), if alone(&o.name) { short(&o.name) } else { &o.name }))
        .collect()
}

/// The repairs that the findings, and what is asked for beside, allow; those picked are marked.
#[must_use]
pub fn offer(
    inventories: &[Inventory],
    findings: &[Finding],
    measures: &AllMeasures,
    choices: &RepairChoices,
) -> Vec<Repair> {
    let mut repairs: Vec<Repair> = Vec::new();
    for finding in findings {
        let file = finding.place.file.as_deref();
        let id = id_of(finding.code.as_str(), file, finding.place.layer.as_deref());
        if let Some(known) = repairs.iter_mut().find(|r| r.id == id) {
            known.count += finding.count;
            continue;
        }
        let Some(inventory) = file.map_or(inventories.first(), |f| inventories.iter().find(|i| i.path == f)) else {
            continue;
        };
        // images have repairs of their own, below
        if inventory.kind == Kind::Raster {
            continue;
        }
        let layer = finding.place.layer.as_deref().and_then(|name| inventory.layers.iter().find(|l| l.name == name));
        let asked = Asked {
            code: finding.code,
            inventory,
            layer,
            measures: layer.and_then(|l| measures.get(&(inventory.path.clone(), l.name.clone()))),
            inventories,
            choices,
        };
        let Some(offer) = answer(&asked).filter(|o| !o.options.is_empty()) else { continue };
        repairs.push(Repair {
            picked: pick(&id, &offer, choices),
            id,
            code: Some(finding.code),
            file: finding.place.file.clone(),
            layer: finding.place.layer.clone(),
            count: finding.count,
            options: offer.options,
        });
    }
    for inventory in inventories.iter().filter(|i| matches!(i.kind, Kind::Vector | Kind::Table | Kind::Mixed)) {
        for layer in inventory.layers.iter().filter(|l| holds_features(l)) {
            let measures = measures.get(&(inventory.path.clone(), layer.name.clone()));
            for (kind, options) in
                shapes::on_request(layer, choices).into_iter().chain(texts::on_request(layer, measures, choices))
            {
                let id = id_of(kind, Some(&inventory.path), Some(&layer.name));
                let offer = Offer::choice(options);
                repairs.push(Repair {
                    picked: pick(&id, &offer, choices).or_else(|| requested(kind, &offer, choices)),
                    id,
                    code: None,
                    file: Some(inventory.path.clone()),
                    layer: Some(layer.name.clone()),
                    count: 0,
                    options: offer.options,
                });
            }
        }
    }
    repairs.extend(crate::images::repairs(inventories, findings, choices));
    repairs
}

/// What one finding allows.
fn answer(asked: &Asked<'_>) -> Option<Offer> {
    match asked.code {
        Code::CrsMissing
        | Code::CrsUnidentified
        | Code::CrsSeveral
        | Code::CrsDiffersFromDeclared
        | Code::OutsideCrsArea
        | Code::AxesSwapped => place::answer(asked),
        Code::GeometryMissing => place::answer_columns(asked),
        Code::TableNameRefused | Code::TableNameTwice | Code::FieldNameRefused | Code::FieldNameTwice => {
            names::answer(asked)
        }
        Code::EncodingNotUtf8 | Code::EncodingLies | Code::EncodingTwice => texts::answer(asked),
        Code::GeometryInvalid | Code::GeometryMixed | Code::GeometryCurved | Code::GeometryNullOrEmpty => {
            shapes::answer(asked)
        }
        _ => files::answer(asked),
    }
}

pub(crate) fn id_of(kind: &str, file: Option<&str>, layer: Option<&str>) -> String {
    format!("{kind}@{}#{}", file.unwrap_or_default(), layer.unwrap_or_default())
}

/// The option that the choices make of a repair.
pub(crate) fn pick(id: &str, offer: &Offer, choices: &RepairChoices) -> Option<String> {
    let named = |wanted: &str| offer.options.iter().find(|o| o.name == wanted).map(|o| o.name.clone());
    let first = offer.options.first().map(|o| o.name.clone());
    if let Some(pick) = choices.picks.iter().find(|p| p.repair == id) {
        return named(&pick.option).or_else(|| first.filter(|_| offer.always));
    }
    let kind = id.split('@').next().unwrap_or_default();
    for fix in &choices.fix {
        let (code, wanted) = fix.split_once('=').map_or((fix.as_str(), None), |(code, option)| (code, Some(option)));
        if code.eq_ignore_ascii_case(kind) {
            // `CRS_MISSING=EPSG:2154` means `assign:EPSG:2154`
            return match wanted {
                None => first,
                Some(w) => named(w)
                    .or_else(|| {
                        offer
                            .options
                            .iter()
                            .find(|o| o.name.split_once(':').is_some_and(|(_, v)| v == w))
                            .map(|o| o.name.clone())
                    })
                    .or_else(|| first.filter(|_| offer.always)),
            };
        }
    }
    let safe = || offer.options.iter().find(|o| o.safe).map(|o| o.name.clone());
    if choices.all_safe { safe().or_else(|| first.filter(|_| offer.always)) } else { first.filter(|_| offer.always) }
}

/// What was asked for without any finding.
fn requested(kind: &str, offer: &Offer, choices: &RepairChoices) -> Option<String> {
    let asked = match kind {
        "DROP_Z" => choices.drop_z,
        "DROP_M" => choices.drop_m,
        "ROUND" => choices.precision.is_some(),
        "DROP_FIELDS" => !choices.drop_fields.is_empty(),
        _ => false,
    };
    offer.options.first().filter(|_| asked).map(|o| o.name.clone())
}

/// What the repairs picked make of each layer, and the package's choices.
#[must_use]
pub fn decide(inventories: &[Inventory], repairs: &[Repair], choices: &RepairChoices) -> (Choices, AllMends) {
    let mut mends = AllMends::new();
    let mut srs = choices.srs.clone();
    let stem = inventories.first().map(|i| stem_of(&i.path)).unwrap_or_default();
    let name = if choices.name.is_empty() { stem } else { choices.name.clone() };
    let keys = |repair: &Repair| -> Vec<(String, String)> {
        let of = |i: &Inventory| repair.file.as_ref().is_none_or(|f| *f == i.path);
        let layers = inventories.iter().filter(|i| of(i)).flat_map(|i| i.layers.iter().map(move |l| (i, l)));
        layers
            .filter(|(_, l)| repair.layer.as_ref().is_none_or(|name| *name == l.name))
            .map(|(i, l)| (i.path.clone(), l.name.clone()))
            .collect()
    };
    for repair in repairs {
        let Some(option) = repair.options.iter().find(|o| Some(&o.name) == repair.picked.as_ref()) else { continue };
        if let Change::Reproject { to, .. } = &option.change {
            srs = Some(to.clone());
        }
        for key in keys(repair) {
            apply(&option.change, mends.entry(key).or_default());
        }
    }
    for inventory in inventories {
        for layer in &inventory.layers {
            let wishes: Vec<_> =
                choices.renames.iter().filter(|r| layer.fields.iter().any(|f| f.name == r.from)).cloned().collect();
            if !wishes.is_empty() {
                mends.entry((inventory.path.clone(), layer.name.clone())).or_default().renames = wishes;
            }
        }
    }
    let services = vec![model::Service::Wfs];
    (Choices { name: conforming_name(&name), services, srs, rewrite: true, zones: model::Zones::Whole }, mends)
}

/// The copy that the repairs picked make.
///
/// # Errors
/// When none can be made: no data, or no CRS.
pub fn plan(inventories: &[Inventory], repairs: &[Repair], choices: &RepairChoices) -> Result<Plan, Refusal> {
    let (settled, mends) = decide(inventories, repairs, choices);
    match plan_vectors(inventories, &settled, &mends) {
        // no vector at all: images, then
        Err(Refusal::Nothing) => crate::images::plan(inventories, repairs, &settled, choices.srs.as_deref()),
        planned => planned,
    }
}

fn apply(change: &Change, mends: &mut Mends) {
    match change {
        Change::Assign { srs, .. } => mends.assign = Some(srs.clone()),
        Change::SwapAxes { .. } => mends.swap_axes = true,
        Change::Decode { encoding, .. } => mends.encoding = Some(encoding.clone()),
        Change::MakeValid(made) => {
            mends.make_valid = Method::ALL.into_iter().find(|m| m.name() == made.method);
            if made.collapsed > 0 && mends.unplaced == Unplaced::Stay {
                mends.unplaced = Unplaced::Apart;
            }
        }
        Change::Split { .. } => mends.split = true,
        Change::SetApart { .. } => mends.unplaced = Unplaced::Apart,
        Change::LeaveOut { .. } => mends.unplaced = Unplaced::LeftOut,
        Change::LeaveTableOut { .. } => {}
        Change::Retype { fields } => mends.retype.extend(fields.iter().filter(|r| r.read_as != "text").cloned()),
        Change::DropFields { fields } => mends.drop_fields.extend(fields.iter().cloned()),
        Change::FromColumns { columns, srs, .. } => {
            mends.columns = columns.clone();
            mends.assign = srs.clone().or_else(|| mends.assign.take());
        }
        Change::DropZ => mends.drop_z = true,
        Change::DropM => mends.drop_m = true,
        Change::Round { to } => {
            mends.round = Some(*to);
            if mends.unplaced == Unplaced::Stay {
                mends.unplaced = Unplaced::Apart;
            }
        }
        Change::Renumber { .. } => mends.renumber = true,
        // any copy does these
        Change::Rename { .. }
        | Change::Reproject { .. }
        | Change::Promote { .. }
        | Change::Linearize { .. }
        | Change::Convert { .. }
        | Change::Image { .. } => {}
    }
}

/// The findings that the repairs picked do not take away.
#[must_use]
pub fn stays(findings: &[Finding], repairs: &[Repair]) -> Vec<Stays> {
    findings
        .iter()
        .filter_map(|finding| {
            let id = id_of(finding.code.as_str(), finding.place.file.as_deref(), finding.place.layer.as_deref());
            let repair = repairs.iter().find(|r| r.id == id || crate::images::answers(r, finding));
            let (why, choose) = match repair {
                Some(repair) if repair.picked.is_some() => return None,
                Some(repair) => {
                    let why = [
                        "Une réparation est proposée : elle demande votre choix.",
                        "A repair is offered: it needs your choice.",
                    ];
                    (why.map(str::to_owned), flags(finding.code, &repair.options))
                }
                None => (files::why_not(finding.code), Vec::new()),
            };
            Some(Stays { finding: finding.clone(), why, choose })
        })
        .collect()
}

pub(crate) fn stem_of(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
}

/// What a worker does: `{"archive", "main", "layer", "wanted"}` becomes [`Measures`].
pub(crate) fn answer_measure(request: Value, tell: &mut (dyn FnMut(Value) + Send)) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Wanted {
        archive: Option<PathBuf>,
        main: PathBuf,
        layer: String,
        wanted: MeasuresWanted,
    }
    let asked: Wanted = serde_json::from_value(request).map_err(|e| e.to_string())?;
    let unpacked = match &asked.archive {
        None => None,
        Some(archive) => {
            let folder = tempfile::Builder::new().prefix("quai-").tempdir().map_err(|e| e.to_string())?;
            geodata::archive::unpack(archive, folder.path(), geodata::archive::ArchiveLimits::default())
                .map_err(|p| p.message)?;
            Some(folder)
        }
    };
    let main = unpacked.as_ref().map_or(asked.main.clone(), |folder| folder.path().join(&asked.main));
    let mut told = |features: u64| {
        tell(json!({ "features": features }));
        true
    };
    let measures = geodata::measure(&main, &asked.layer, &asked.wanted, &mut told).map_err(|e| e.to_string())?;
    serde_json::to_value(measures).map_err(|e| e.to_string())
}

/// The request that measures a layer, for [`crate::HANDLERS`].
#[must_use]
pub fn measure_request(inventory: &Inventory, layer: &Layer, wanted: &MeasuresWanted) -> Value {
    let (archive, main) = crate::plan::split_archive(&inventory.path);
    json!({ "archive": archive, "main": main, "layer": layer.name, "wanted": wanted })
}

#[cfg(test)]
mod tests;
