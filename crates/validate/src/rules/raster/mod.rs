//! Rules of images, one file each. They judge images alone and tiles of a set alike; how tiles lie
//! beside each other is `mosaic`'s.

mod borders;
mod colours;
mod format;
mod huge;
mod place;
pub(super) mod reading;
pub(super) mod view;

use model::{Finding, Inventory, Kind};

use crate::Expectations;

/// The rules, each over the sound images of a source.
const RULES: &[fn(&[view::Image<'_>], &Expectations) -> Vec<Finding>] =
    &[place::check, format::check, colours::check, huge::check, borders::check];

pub(crate) fn check(inventory: &Inventory, expectations: &Expectations) -> Vec<Finding> {
    if inventory.kind != Kind::Raster {
        return Vec::new();
    }
    let images = view::images(inventory);
    let mut findings = reading::check(&images);
    if inventory.raster_set.is_some() {
        findings.extend(format::check_names(&images));
    }
    // what cannot be read has one fault: that
    let sound: Vec<view::Image<'_>> = images.into_iter().filter(reading::sound).collect();
    findings.extend(RULES.iter().flat_map(|rule| rule(&sound, expectations)));
    findings
}
