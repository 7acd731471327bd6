//! What can be mended, how, and what was: a finding's repairs, the plan that a choice of them makes,
//! and the record that goes with the copy. Shapes only.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Code, Extent, Finding, ImageChange, Package, Rename};

/// Every repair that the findings allow, and what those picked will write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct RepairPlan {
    /// Technical name of the package, conforming.
    pub name: String,
    /// The one CRS of the copy; nothing while it is unknown.
    pub srs: Option<String>,
    pub repairs: Vec<Repair>,
    /// What the copy will hold. Empty while nothing can be written: `refused` says why.
    pub tables: Vec<RepairedTable>,
    /// Findings that no repair picked takes away.
    pub stays: Vec<Stays>,
    /// Why no copy can be written yet, French first.
    pub refused: Option<[String; 2]>,
}

/// The ways to mend what one code says of one layer, or of one source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Repair {
    /// By which it is picked; the same for the same finding of the same source.
    pub id: String,
    /// The finding that it answers; nothing for what was asked for without any (dropping Z…).
    pub code: Option<Code>,
    pub file: Option<String>,
    pub layer: Option<String>,
    /// How many findings, or places, it answers.
    #[ts(type = "number")]
    pub count: u64,
    /// One at most is done. The likeliest first.
    pub options: Vec<RepairOption>,
    /// The name of the option that is done.
    pub picked: Option<String>,
}

/// One way to mend, and exactly what it changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct RepairOption {
    /// `rename`, `assign:EPSG:2154`, `decode:windows-1252`…
    pub name: String,
    /// Done by “mend all that is safe”: nothing is lost and no guess is made.
    pub safe: bool,
    /// What it does, French first.
    pub sentences: [String; 2],
    pub change: Change,
}

/// What changes, exactly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum Change {
    /// Tables or fields: old and new names, all different.
    Rename {
        of: NamedThing,
        renames: Vec<Rename>,
    },
    /// A CRS is stated. No coordinate changes.
    Assign {
        srs: String,
        name: String,
        lands: Option<Landing>,
    },
    /// Coordinates change, places do not.
    Reproject {
        from: String,
        to: String,
    },
    /// X becomes y and y becomes x.
    SwapAxes {
        lands: Option<Landing>,
    },
    /// Bytes are read in this encoding and written in UTF-8.
    Decode {
        encoding: String,
        words: Vec<String>,
    },
    MakeValid(MakeValid),
    /// Single geometries become multiple ones of one member.
    Promote {
        geometry: String,
        #[ts(type = "number | null")]
        features: Option<u64>,
    },
    /// One table a family of geometries.
    Split {
        tables: Vec<SplitTable>,
    },
    /// Rows without geometry go to a table of their own.
    SetApart {
        table: String,
        #[ts(type = "number")]
        features: u64,
    },
    /// Rows are left out of the copy.
    LeaveOut {
        #[ts(type = "number")]
        features: u64,
    },
    /// A table, or the raster tables of a GeoPackage, is left out of the copy.
    LeaveTableOut {
        what: String,
    },
    /// Text becomes numbers or dates.
    Retype {
        fields: Vec<Retype>,
    },
    /// Fields that go.
    DropFields {
        fields: Vec<String>,
    },
    /// Geometry is read from columns.
    FromColumns {
        columns: Vec<String>,
        srs: Option<String>,
        lands: Option<Landing>,
    },
    /// Arcs become segments.
    Linearize {
        #[ts(type = "number")]
        features: u64,
    },
    DropZ,
    DropM,
    /// Coordinates are rounded to this, in units of the CRS.
    Round {
        to: f64,
    },
    /// Feature ids are given anew, from 1.
    Renumber {
        #[ts(type = "number")]
        features: u64,
    },
    /// Written as a GeoPackage.
    Convert {
        from: String,
    },
    /// Of images.
    Image {
        image: ImageChange,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum NamedThing {
    Table,
    Field,
    File,
}

/// Where coordinates fall, were they of a CRS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Landing {
    /// In degrees of WGS 84.
    pub extent_wgs84: Extent,
    /// The land of France there, when it is one: French, then English.
    pub place: Option<[String; 2]>,
    /// Whether all of it is inside the CRS's area of use.
    pub inside_area: bool,
}

/// What making the invalid geometries valid does, measured on a copy of each.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct MakeValid {
    /// `linework` keeps every line, `structure` every surface.
    pub method: String,
    #[ts(type = "number")]
    pub features: u64,
    /// Of these features alone, in the layer's own units; square degrees mean little.
    pub area_before: f64,
    pub area_after: f64,
    #[ts(type = "number")]
    pub vertices_before: u64,
    #[ts(type = "number")]
    pub vertices_after: u64,
    /// Features of which no surface, or no line, is left: they are set apart.
    #[ts(type = "number")]
    pub collapsed: u64,
    /// What changes most, at most 100.
    pub worst: Vec<Mended>,
}

/// One feature, before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Mended {
    #[ts(type = "number")]
    pub feature: i64,
    pub reason: String,
    pub area_before: f64,
    pub area_after: f64,
    #[ts(type = "number")]
    pub vertices_before: u64,
    #[ts(type = "number")]
    pub vertices_after: u64,
    /// In degrees of WGS 84.
    pub point_wgs84: Option<[f64; 2]>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct SplitTable {
    pub table: String,
    /// `MultiPolygon`…
    pub geometry: String,
    #[ts(type = "number")]
    pub features: u64,
}

/// A text field whose values are all of another type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Retype {
    pub field: String,
    /// OGR's name: `Real`, `Integer64`, `Date`…
    pub to: String,
    /// How the text is read: `decimal-comma`, `day-month-year`, `text`…
    pub read_as: String,
    /// A value, before.
    pub example: String,
}

/// A table of the copy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct RepairedTable {
    pub file: String,
    pub layer: String,
    pub table: String,
    pub geometry: String,
    /// As planned, then as written.
    #[ts(type = "number")]
    pub features: u64,
    pub fields: Vec<String>,
}

/// A finding that will stay, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Stays {
    pub finding: Finding,
    /// French first.
    pub why: [String; 2],
    /// Where a repair waits for a choice: what to add to the command, one of them.
    #[serde(default)]
    pub choose: Vec<String>,
}

/// The option chosen of a repair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Pick {
    pub repair: String,
    pub option: String,
}

/// What was picked, and what is wanted beside.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct RepairChoices {
    /// Any text; the package's name is the nearest that conforms. The first source's name if none.
    pub name: String,
    /// Every repair takes its first safe option, unless `picks` says otherwise.
    pub all_safe: bool,
    pub picks: Vec<Pick>,
    /// Codes of which every repair takes its first option, safe or not; `CODE=option` chooses.
    pub fix: Vec<String>,
    /// The CRS to deliver in.
    pub srs: Option<String>,
    pub drop_z: bool,
    pub drop_m: bool,
    /// Round coordinates to this, in units of the CRS.
    pub precision: Option<f64>,
    /// Field names wanted instead of those proposed.
    pub renames: Vec<Rename>,
    /// Fields left out of the copy.
    pub drop_fields: Vec<String>,
}

/// What was written, and what is left to say of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Repaired {
    /// Dropping this folder undoes the repair.
    pub folder: PathBuf,
    pub package: Package,
    pub record: RepairRecord,
    /// The copy was inspected and judged: what is still found, and why.
    pub stays: Vec<Stays>,
}

/// What was done, by whom, to what: `repair.json`, beside the package.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct RepairRecord {
    /// The account of the machine.
    pub who: String,
    /// RFC 3339, in UTC.
    pub when: String,
    /// `quai 0.1.0, GDAL 3.6.2, GEOS 3.11.1`.
    pub tool: String,
    pub before: Vec<HashedFile>,
    pub after: Vec<HashedFile>,
    /// The repairs done: one option each.
    pub repairs: Vec<Repair>,
    pub tables: Vec<MendedTable>,
    /// Codes still found in the copy.
    pub stays: Vec<Code>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct HashedFile {
    pub path: String,
    #[ts(type = "number")]
    pub bytes: u64,
    /// Lower-case hexadecimal.
    pub sha256: String,
}

/// What was counted while a table was written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct MendedTable {
    pub layer: String,
    pub table: String,
    #[ts(type = "number")]
    pub read: u64,
    #[ts(type = "number")]
    pub written: u64,
    #[ts(type = "number")]
    pub made_valid: u64,
    #[ts(type = "number")]
    pub set_apart: u64,
    #[ts(type = "number")]
    pub left_out: u64,
    /// Values of text that were not in UTF-8.
    #[ts(type = "number")]
    pub decoded: u64,
    #[ts(type = "number")]
    pub retyped: u64,
    /// Of the geometries made valid, in the source's units.
    pub area_before: f64,
    pub area_after: f64,
    #[ts(type = "number")]
    pub vertices_before: u64,
    #[ts(type = "number")]
    pub vertices_after: u64,
}
