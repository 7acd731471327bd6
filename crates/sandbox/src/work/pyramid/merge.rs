//! The merge of pyramids: tiles that one alone has are referred to, those that several have are made
//! anew, the later pyramids laid over the earlier ones where their masks let them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use geodata::imagery::Image;
use model::Extent;

use super::store::{Pyramid, Writer, tile_of};
use super::{Job, Log, Made, Spec, level};
use crate::grids::{Range, SIDE};

pub(crate) fn merge(job: &Job, log: &mut Log) -> Result<Made, String> {
    if job.stored.len() < 2 {
        return Err("Une fusion demande au moins deux pyramides.".to_owned());
    }
    let inputs = job.stored.iter().map(|folder| Pyramid::open(folder)).collect::<Result<Vec<_>, _>>()?;
    let first = &inputs[0].spec;
    let same = |s: &Spec| (s.tms.clone(), s.compression, s.bands, s.alpha, s.floats);
    if inputs.iter().any(|p| same(&p.spec) != same(first)) {
        return Err(
            "Les pyramides à fusionner n'ont pas la même grille, la même compression ou les mêmes canaux.".to_owned()
        );
    }
    let grid = first.grid()?;
    let wanted = |name: &str| level(&job.parameters[name], name, grid);
    let bottom = wanted("bottom")?.or(inputs.iter().map(|p| p.spec.bottom).max()).unwrap_or(first.bottom);
    let top = wanted("top")?.or(inputs.iter().map(|p| p.spec.top).min()).unwrap_or(first.top);
    let extent = inputs.iter().map(|p| p.spec.extent).reduce(Extent::union).unwrap_or(first.extent);
    let within = bbox(job)?;
    let extent = within.unwrap_or(extent);
    let spec = Spec { bottom, top, extent, mask: inputs.iter().all(|p| p.spec.mask), ..first.clone() };
    // the last laid on top is the first looked at
    let beneath: Vec<PathBuf> = job.stored.iter().rev().cloned().collect();
    let mut writer = Writer::create(&job.target, &spec, &beneath)?;
    for level in (top..=bottom).rev() {
        let mut held: BTreeMap<_, u32> = BTreeMap::new();
        for input in &inputs {
            for key in input.keys(level)? {
                *held.entry(key).or_default() += 1;
            }
        }
        let area = within.and_then(|e| grid.covering(level, e));
        let inside = |c: u32, r: u32| {
            within.is_none()
                || area.is_some_and(|Range { columns, rows }| {
                    (columns[0]..=columns[1]).contains(&c) && (rows[0]..=rows[1]).contains(&r)
                })
        };
        let mut made = 0;
        for (key, _) in held.iter().filter(|(k, count)| **count > 1 && inside(k.1, k.2)) {
            if !job.goes_on() {
                return Err("Le traitement a été interrompu.".to_owned());
            }
            let mut whole = Image::empty(SIDE, SIDE, spec.bands, spec.floats);
            for input in &inputs {
                if let Some(over) = input.image(*key)? {
                    whole.paste(&over, 0, 0);
                }
            }
            writer.put(*key, &tile_of(&whole.simplified(), &spec)?)?;
            made += 1;
        }
        log.info("fusion", &format!("Niveau {level} : {} tuile(s), dont {made} recalculée(s)", held.len()));
    }
    let bytes = writer.finish()?;
    spec.made(bytes)
}

/// `west,south,east,north` in the grid's CRS, when it is given.
fn bbox(job: &Job) -> Result<Option<Extent>, String> {
    let value = &job.parameters["bbox"];
    let numbers: Vec<f64> = match value {
        serde_json::Value::Null => return Ok(None),
        serde_json::Value::Array(all) => all.iter().filter_map(serde_json::Value::as_f64).collect(),
        other => other.as_str().unwrap_or_default().split(',').filter_map(|n| n.trim().parse().ok()).collect(),
    };
    match numbers[..] {
        [a, b, c, d] if a < c && b < d => Ok(Extent::new(a, b, c, d)),
        _ => Err("« bbox » : quatre nombres, xmin,ymin,xmax,ymax.".to_owned()),
    }
}
