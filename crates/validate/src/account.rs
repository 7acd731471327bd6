//! Preflight: whether a delivery will work, from what the account allows and what the delivery asks.
//! Pure: the facts were read before (`deliver::account`).

use model::{
    AccountFacts, Code, EndpointRoom, Finding, Level, LiveService, PackageKind, Place, Preflight, Service, StorageRoom,
    Wanted, conforming_name,
};
use regex::Regex;

use crate::Language;
use crate::catalogue::find;

/// The platform's type of configuration and endpoint for a service.
const fn kind_of(service: Service) -> &'static str {
    match service {
        Service::Wfs => "WFS",
        Service::WmsVector => "WMS-VECTOR",
        Service::Tms | Service::Wmts => "WMTS-TMS",
        Service::WmsRaster => "WMS-RASTER",
        Service::Download => "DOWNLOAD",
        Service::Altimetry => "ALTIMETRY",
    }
}

/// Columns that every integrated table has, whatever the file: their going breaks nothing.
const OWN_COLUMNS: &[&str] = &["geom", "geometry", "the_geom", "wkb_geometry", "fid", "ogc_fid", "gid", "gml_id"];

/// Judges a delivery before a byte leaves. `data` are the findings of the data themselves.
#[must_use]
pub fn preflight(wanted: &Wanted, account: &AccountFacts, data: Vec<Finding>, language: Language) -> Preflight {
    let mut findings = data;
    let mut own = Vec::new();
    rights(wanted, account, &mut own);
    names(wanted, account, &mut own);
    rooms(wanted, account, &mut own);
    endpoints(wanted, account, &mut own);
    running(account, &mut own);
    live(wanted, account, &mut own);
    if wanted.open && !wanted.services.is_empty() {
        own.push(find(Code::VisibleToAll, Place::default(), &[]));
    }
    for finding in &mut own {
        if let Some([fr, en]) = &finding.sentences {
            finding.message = if language == Language::Fr { fr.clone() } else { en.clone() };
        }
    }
    findings.extend(own);
    findings.sort_by_key(|f| std::cmp::Reverse(f.level));
    let works = findings.first().is_none_or(|f| f.level != Level::Blocks);
    Preflight {
        works,
        message: sentence(wanted, account, &findings),
        findings,
        wanted: wanted.clone(),
        account: account.clone(),
    }
}

/// One sentence: that it will work, or what stops it.
fn sentence(wanted: &Wanted, account: &AccountFacts, findings: &[Finding]) -> [String; 2] {
    let stops: Vec<&Finding> = findings.iter().filter(|f| f.level == Level::Blocks).collect();
    if let Some(first) = stops.first().and_then(|f| f.sentences.as_ref()) {
        let others = stops.len() - 1;
        let more = |one: &str, many: &str| match others {
            0 => String::new(),
            1 => format!(" {one}"),
            n => format!(" {}", many.replace('#', &n.to_string())),
        };
        return [
            format!("Cela ne marchera pas : {}{}", first[0], more("(et un autre obstacle)", "(et # autres obstacles)")),
            format!("This will not work: {}{}", first[1], more("(and one more obstacle)", "(and # more obstacles)")),
        ];
    }
    let megabytes = wanted.bytes.div_ceil(1_000_000);
    let warned = findings.iter().filter(|f| f.level == Level::Degrades).count();
    let [fr, en] = match warned {
        0 => [String::new(), String::new()],
        n => [format!(" {n} point(s) à améliorer."), format!(" {n} thing(s) could be better.")],
    };
    let services = wanted.services.len();
    let name = &account.layer_name;
    let [most, at_most] = if wanted.estimated {
        [format!("au plus {megabytes} Mo (estimation)"), format!("at most {megabytes} MB (an estimate)")]
    } else {
        [format!("{megabytes} Mo"), format!("{megabytes} MB")]
    };
    [
        format!("Cela marchera : {most} à envoyer, {services} service(s) sous le nom « {name} ».{fr}"),
        format!("This will work: {at_most} to send, {services} service(s) under the name `{name}`.{en}"),
    ]
}

fn rights(wanted: &Wanted, account: &AccountFacts, findings: &mut Vec<Finding>) {
    if !account.active {
        findings.push(find(Code::DatastoreInactive, Place::default(), &[("name", account.datastore_name.clone())]));
    }
    let Some(held) = &account.rights else { return };
    let needed = [
        ("UPLOAD", !wanted.kinds.is_empty(), "livrer les fichiers", "sending the files"),
        ("PROCESSING", !wanted.kinds.is_empty(), "lancer les traitements", "running the processings"),
        ("BROADCAST", !wanted.services.is_empty(), "publier les services", "publishing the services"),
    ];
    for (right, _, fr, en) in needed.iter().filter(|n| n.1 && !held.iter().any(|h| h == n.0)) {
        let values = [("right", (*right).to_owned()), ("what_fr", (*fr).to_owned()), ("what_en", (*en).to_owned())];
        findings.push(find(Code::RightMissing, Place::default(), &values));
    }
    for kind in account.no_processing.iter().filter(|k| wanted.kinds.contains(k)) {
        let what = format!("{kind:?}").to_uppercase();
        findings.push(find(Code::ProcessingMissing, Place::default(), &[("what", what)]));
    }
}

fn fits(pattern: &str, text: &str) -> bool {
    Regex::new(pattern).is_ok_and(|p| p.is_match(text))
}

fn names(wanted: &Wanted, account: &AccountFacts, findings: &mut Vec<Finding>) {
    // the patterns of cartes.gouv.fr, which the platform's own follow
    if !fits(r"^[A-Za-z_][A-Za-z0-9_.-]*$", &wanted.name) {
        let values = [("name", wanted.name.clone()), ("proposal", conforming_name(&wanted.name))];
        findings.push(find(Code::LayerNameRefused, Place::default(), &values));
    }
    let sheet = &wanted.datasheet;
    if sheet.chars().count() > 99 || !fits(r"^[\wÀ-ÿ\-._~!$&'()*+,;:@%\s]+$", sheet) {
        findings.push(find(Code::DatasheetNameRefused, Place::default(), &[("name", sheet.clone())]));
    }
    if account.layer_name != wanted.name && !account.layer_name.is_empty() {
        findings.push(find(Code::LayerNamePrefixed, Place::default(), &[("name", account.layer_name.clone())]));
    }
    for used in &account.names {
        let asked = wanted.services.iter().any(|s| kind_of(*s) == used.kind);
        let ours = used.here && used.datasheet.as_ref().is_none_or(|d| d == sheet);
        if !asked || ours {
            continue;
        }
        let (fr, en) = match &used.datasheet {
            Some(other) => (format!("la fiche « {other} »"), format!("the datasheet `{other}`")),
            None => ("une autre publication".to_owned(), "another publication".to_owned()),
        };
        let values = [
            ("name", used.layer_name.clone()),
            ("kind", used.kind.clone()),
            ("owner_fr", fr),
            ("owner_en", en),
            ("proposal", format!("{}_2", wanted.name)),
        ];
        findings.push(find(Code::LayerNameTaken, Place::default(), &values));
    }
}

fn room(storage: &StorageRoom, wanted: &Wanted, findings: &mut Vec<Finding>) {
    let Some(left) = storage.left() else { return };
    let name = if storage.name.is_empty() { storage.kind.clone() } else { storage.name.clone() };
    let after = left.saturating_sub(wanted.bytes);
    if left < wanted.bytes {
        let [fr, en] = match wanted.estimated {
            true => [
                " au plus (estimation : `quai package` écrit le paquet et dit ce qu’il pèse)",
                " at most (an estimate: `quai package` writes the package and tells what it weighs)",
            ],
            false => ["", ""],
        };
        let values = [
            ("left", left.to_string()),
            ("storage", name),
            ("wanted", wanted.bytes.to_string()),
            ("estimate_fr", fr.to_owned()),
            ("estimate_en", en.to_owned()),
        ];
        findings.push(find(Code::StorageFull, Place::default(), &values));
    } else if after < storage.quota.unwrap_or(0) / 10 {
        let values = [("left", after.to_string()), ("storage", name)];
        findings.push(find(Code::StorageNearlyFull, Place::default(), &values));
    }
}

fn rooms(wanted: &Wanted, account: &AccountFacts, findings: &mut Vec<Finding>) {
    if let Some(uploads) = &account.uploads {
        room(uploads, wanted, findings);
    }
    let vector = wanted.kinds.contains(&PackageKind::Vector);
    let files = wanted.kinds.iter().any(|k| *k != PackageKind::Vector) || wanted.services.contains(&Service::Tms);
    for (asked, database) in [(vector, true), (files, false)] {
        // the roomiest of the storages that would do: the platform chooses by label
        let suited = account.storages.iter().filter(|s| s.kind.starts_with("POSTGRESQL") == database);
        let Some(best) = suited.max_by_key(|s| s.left().unwrap_or(u64::MAX)).filter(|_| asked) else { continue };
        room(best, wanted, findings);
    }
    if !account.left.is_empty() {
        let bytes = account.left.iter().fold(0_u64, |sum, l| sum.saturating_add(l.bytes));
        let values = [("count", account.left.len().to_string()), ("bytes", bytes.to_string())];
        let mut finding = find(Code::UploadsLeft, Place::default(), &values);
        finding.count = account.left.len() as u64;
        findings.push(finding);
    }
}

fn endpoints(wanted: &Wanted, account: &AccountFacts, findings: &mut Vec<Finding>) {
    let mut asked: Vec<(&str, u64)> = Vec::new();
    for service in &wanted.services {
        let kind = kind_of(*service);
        // what is live already keeps its place
        if account.live.iter().any(|l| l.kind == kind) {
            continue;
        }
        match asked.iter_mut().find(|(k, _)| *k == kind) {
            Some((_, count)) => *count += 1,
            None => asked.push((kind, 1)),
        }
    }
    for (kind, count) in asked {
        let suited: Vec<&EndpointRoom> =
            account.endpoints.iter().filter(|e| e.kind == kind && e.open == wanted.open).collect();
        let left = suited.iter().fold(0_u64, |sum, e| sum.saturating_add(e.quota.saturating_sub(e.used)));
        let (fr, en) = if wanted.open { ("ouvert", "open") } else { ("restreint", "restricted") };
        let words = [("kind", kind.to_owned()), ("open_fr", fr.to_owned()), ("open_en", en.to_owned())];
        if suited.is_empty() {
            findings.push(find(Code::EndpointMissing, Place::default(), &words));
        } else if left < count {
            let sum = |of: fn(&EndpointRoom) -> u64| suited.iter().fold(0_u64, |s, e| s.saturating_add(of(e)));
            let mut values = words.to_vec();
            values.push(("used", sum(|e| e.used).to_string()));
            values.push(("quota", sum(|e| e.quota).to_string()));
            findings.push(find(Code::EndpointFull, Place::default(), &values));
        }
    }
}

fn running(account: &AccountFacts, findings: &mut Vec<Finding>) {
    for run in &account.running {
        let values = [("processing", run.processing.clone()), ("status", run.status.clone())];
        findings.push(find(Code::ExecutionRunning, Place::default(), &values));
    }
}

fn live(wanted: &Wanted, account: &AccountFacts, findings: &mut Vec<Finding>) {
    let touched = account.live.iter().filter(|l| wanted.services.iter().any(|s| kind_of(*s) == l.kind));
    for service in touched {
        let lost = lost(service, wanted);
        if lost.is_empty() {
            let values = [("kind", service.kind.clone()), ("layer", service.layer_name.clone())];
            findings.push(find(Code::ServiceWillChange, Place::default(), &values));
        }
        for (table, columns) in lost {
            let place = Place { layer: Some(table.clone()), ..Place::default() };
            let values = [
                ("kind", service.kind.clone()),
                ("layer", service.layer_name.clone()),
                ("table", table),
                ("columns", columns.join(", ")),
            ];
            findings.push(find(Code::ServiceWouldBreak, place, &values));
        }
    }
}

/// Tables of a live service that lose columns, or go altogether.
fn lost(service: &LiveService, wanted: &Wanted) -> Vec<(String, Vec<String>)> {
    let tables = service.tables.iter().filter_map(|table| {
        let own: Vec<&String> = table
            .columns
            .iter()
            .filter(|(name, kind)| !OWN_COLUMNS.contains(&name.as_str()) && !kind.starts_with("geometry"))
            .map(|(name, _)| name)
            .collect();
        let gone: Vec<String> = match wanted.tables.iter().find(|w| w.name == table.name) {
            Some(new) => own.into_iter().filter(|c| !new.columns.contains(c)).cloned().collect(),
            None => vec![table.name.clone()],
        };
        (!gone.is_empty()).then(|| (table.name.clone(), gone))
    });
    if wanted.tables.is_empty() { Vec::new() } else { tables.collect() }
}
