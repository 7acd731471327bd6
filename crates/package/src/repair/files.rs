//! The file itself: its format, its name, what else is in it. Any copy mends these.

use model::{Change, Code, Inventory, NamedThing, Rename, Retype, conforming_name};

use super::{Asked, Offer, option, stem_of};
use crate::plan::holds_features;

pub(super) fn answer(asked: &Asked<'_>) -> Option<Offer> {
    let driver = asked.inventory.driver.clone().unwrap_or_default();
    let readable = asked.inventory.problem.is_none() && asked.inventory.layers.iter().any(holds_features);
    let convert =
        |fr: &str, en: &str| Offer::always(option("convert", true, fr, en, Change::Convert { from: driver.clone() }));
    match asked.code {
        _ if !readable && asked.code != Code::FeatureMissing => None,
        Code::FormatConverted => Some(convert(
            &format!("Le format {driver} est converti en GeoPackage."),
            &format!("The format {driver} is converted to GeoPackage."),
        )),
        Code::ExtensionWrong => Some(convert(
            &format!("La copie est un vrai GeoPackage ; la source est lue comme {driver}."),
            &format!("The copy is a true GeoPackage; the source is read as {driver}."),
        )),
        Code::CountDiffers => Some(convert(
            "La copie annonce les entités qu’elle contient vraiment.",
            "The copy announces the features that it truly holds.",
        )),
        Code::SidecarMissing if only_an_index(asked.inventory) => Some(convert(
            "L’index manquant est refait d’après le .shp ; la copie tient en un seul fichier.",
            "The missing index is made again from the .shp; the copy is one file.",
        )),
        Code::SidecarMissing => Some(convert(
            "La copie tient en un seul fichier ; ce que le fichier manquant disait n’y est pas.",
            "The copy is one file; what the missing file said is not in it.",
        )),
        Code::ZipSeveralSources | Code::ZipNamesNotUtf8 => Some(convert(
            "Les jeux de données de l’archive deviennent les tables d’un seul GeoPackage.",
            "The archive’s data sets become the tables of one GeoPackage.",
        )),
        Code::NameNotPortable | Code::IgnoredByPlatform => {
            let from = asked.inventory.path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
            let wanted = if asked.choices.name.is_empty() {
                stem_of(&asked.inventories[0].path)
            } else {
                asked.choices.name.clone()
            };
            let to = format!("{}.gpkg", conforming_name(&wanted));
            let (fr, en) = (format!("La copie s’appelle {to}."), format!("The copy is called {to}."));
            let renames = vec![Rename { from, to }];
            Some(Offer::always(option("rename", true, fr, en, Change::Rename { of: NamedThing::File, renames })))
        }
        Code::GpkgHoldsRaster => {
            let (fr, en) = (
                "Les tables d’images restent dans la source : la copie n’a que les vecteurs.",
                "The raster tables stay in the source: the copy holds vectors only.",
            );
            let change = Change::LeaveTableOut { what: "raster".to_owned() };
            Some(Offer::always(option("leave-rasters-out", true, fr, en, change)))
        }
        Code::FeatureMissing => {
            let layer = asked.layer?;
            let others = asked.inventories.iter().flat_map(|i| &i.layers).any(holds_features);
            others.then(|| {
                Offer::always(option(
                    "leave-table-out",
                    true,
                    format!("La table vide {} n’est pas copiée.", layer.name),
                    format!("The empty table {} is not copied.", layer.name),
                    Change::LeaveTableOut { what: layer.name.clone() },
                ))
            })
        }
        Code::FieldTypeUnusual => {
            let layer = asked.layer?;
            let lists: Vec<Retype> = layer
                .fields
                .iter()
                .filter(|f| f.kind.ends_with("List"))
                .map(|f| Retype {
                    field: f.name.clone(),
                    to: "String".to_owned(),
                    read_as: "text".to_owned(),
                    example: String::new(),
                })
                .collect();
            let names: Vec<&str> = lists.iter().map(|r| r.field.as_str()).collect();
            let names = names.join(", ");
            (!lists.is_empty()).then(|| {
                Offer::always(option(
                    "lists-as-text",
                    true,
                    format!("Les listes deviennent du texte (JSON) : {names}."),
                    format!("Lists become text (JSON): {names}."),
                    Change::Retype { fields: lists },
                ))
            })
        }
        _ => None,
    }
}

/// Whether the files missing say nothing that the others do not.
fn only_an_index(inventory: &Inventory) -> bool {
    let mut missing = inventory.warnings.iter().filter(|w| w.code == Code::SidecarMissing);
    missing.all(|w| w.values.iter().any(|(name, value)| name == "missing" && value == ".shx"))
}

/// Why no repair is offered for a code.
#[must_use]
pub fn why_not(code: Code) -> [String; 2] {
    let [fr, en] = match code {
        Code::Unreadable
        | Code::ReaderCrashed
        | Code::ReaderTimedOut
        | Code::ReaderOutOfMemory
        | Code::FileMissing
        | Code::FileEmpty
        | Code::FileTruncated
        | Code::ZipDamaged
        | Code::ZipEmpty
        | Code::ZipEncrypted
        | Code::ZipBomb
        | Code::ZipClimbsOut
        | Code::RasterPixelsUnreadable
        | Code::SidecarMissing
        | Code::ScanStopped => [
            "La donnée n’y est plus, ou ne se lit pas : seule une nouvelle exportation la rendra.",
            "The data are not there any more, or cannot be read: only a new export brings them back.",
        ],
        Code::GeometryMissing => [
            "Aucune colonne ne dit où sont ces lignes : la table est copiée sans géométrie.",
            "No column says where these rows are: the table is copied without geometry.",
        ],
        Code::FeatureMissing | Code::LayerMissing => ["Il n’y a rien à copier.", "There is nothing to copy."],
        Code::ReaderWarned | Code::ReferenceIgnored => {
            ["C’est une information : rien n’est à réparer.", "This is information: there is nothing to mend."]
        }
        Code::CrsMissing => [
            "Indiquez le système de coordonnées avec --fix CRS_MISSING=EPSG:… : rien ici ne permet de le deviner.",
            "Name the CRS with --fix CRS_MISSING=EPSG:…: nothing here tells which it is.",
        ],
        code if code.as_str().starts_with("MOSAIC_") => [
            "Seul le producteur a la bonne dalle : demandez-la, ou livrez sans celle-ci.",
            "Only the producer has the right tile: ask for it, or deliver without this one.",
        ],
        _ => [
            "Aucune réparation automatique n’existe pour ce constat.",
            "There is no automatic repair for this finding.",
        ],
    };
    [fr.to_owned(), en.to_owned()]
}
