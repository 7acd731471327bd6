//! What is asked for, and what comes of it.

use std::collections::BTreeMap;

use model::{Event, Package, PackageKind, PublishedOffering, PyramidWish, Service};
use platform::wire::requests::{Attribution, Tags};
use platform::wire::tags;

use crate::tiles::Levels;

/// A delivery that is wanted.
#[derive(Debug, Clone, Default)]
pub struct Order {
    pub datastore: String,
    /// The datasheet that the entities belong to: what people see in cartes.gouv.fr.
    pub datasheet: String,
    /// Technical name of the layers, `[A-Za-z_][A-Za-z0-9_.-]*`; the datastore's prefix is added.
    pub name: String,
    pub packages: Vec<Package>,
    pub services: Vec<Service>,
    /// What the services say of themselves. The name serves when it is empty.
    pub title: String,
    pub abstract_: String,
    pub keywords: Vec<String>,
    /// Who made the data, and an address that says more.
    pub attribution: Option<Attribution>,
    /// SLD 1.0.0 by table; a plain style by geometry where there is none.
    pub styles: BTreeMap<String, Vec<u8>>,
    /// On open endpoints, or on those that need a key.
    pub open: bool,
    /// Leave the upload in place once the stored data is safe.
    pub keep_upload: bool,
    /// Chosen from the extent when absent.
    pub tile_levels: Option<Levels>,
    /// What is wanted of the pyramid of images; the rest is chosen from them.
    pub pyramid: PyramidWish,
    /// ROK4 styles of images, JSON; those of terrain are ours when there is none.
    pub raster_styles: Vec<Vec<u8>>,
}

impl Order {
    /// The title to show: never empty.
    #[must_use]
    pub fn title(&self) -> &str {
        if self.title.trim().is_empty() { &self.name } else { &self.title }
    }

    /// The abstract to show: never empty, the platform requires one.
    #[must_use]
    pub fn summary(&self) -> &str {
        if self.abstract_.trim().is_empty() { self.title() } else { &self.abstract_ }
    }

    /// The package that a service is made from.
    #[must_use]
    pub fn package_of(&self, service: Service) -> Option<&Package> {
        let raster = self.packages.iter().any(|p| p.kind == PackageKind::Raster);
        let kind = PackageKind::of(service, raster);
        self.packages.iter().find(|p| p.kind == kind)
    }

    /// The services, one for each type of the platform's: image tiles are one, by WMTS and TMS alike.
    #[must_use]
    pub fn distinct(&self) -> Vec<Service> {
        let mut seen = Vec::new();
        let fresh = move |service: &Service| {
            let kind = crate::publish::kind_of(*service).0;
            let fresh = !seen.contains(&kind);
            seen.push(kind);
            fresh
        };
        self.services.iter().copied().filter(fresh).collect()
    }

    /// Whether vector tiles of this package are wanted.
    #[must_use]
    pub fn tiled(&self, package: &Package) -> bool {
        package.kind == PackageKind::Vector && self.services.contains(&Service::Tms)
    }

    /// What every entity of the delivery carries.
    #[must_use]
    pub fn tags(&self, package: &Package) -> Tags {
        Tags::from([
            (tags::DATASHEET_NAME.to_owned(), self.datasheet.clone()),
            (tags::PACKAGE.to_owned(), package.fingerprint.clone()),
        ])
    }

    /// The name by which an upload is found again even when nothing else was written on it.
    #[must_use]
    pub fn upload_name(&self, package: &Package) -> String {
        let short: String = package.fingerprint.chars().take(12).collect();
        let kind = match package.kind {
            PackageKind::Vector => "vector",
            PackageKind::Raster => "raster",
            PackageKind::Archive => "archive",
        };
        format!("{} {kind} {short}", self.name)
    }
}

/// What a journey ends with.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Published {
    /// Identifiers of the uploads that are still there.
    pub uploads: Vec<String>,
    /// Identifiers of the stored data, those of pyramids too.
    pub stored_data: Vec<String>,
    pub offerings: Vec<PublishedOffering>,
}

impl Published {
    #[must_use]
    pub fn event(&self, datasheet: &str) -> Event {
        Event::Published {
            datasheet: datasheet.to_owned(),
            stored_data: self.stored_data.clone(),
            offerings: self.offerings.clone(),
        }
    }
}
