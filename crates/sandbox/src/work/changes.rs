//! The `.delete` and `.update` files of an upload: rows to remove from a table, or to change. Each
//! is a CSV; a row to delete is a conjunction of values, a row to update holds the primary key.

use std::path::{Path, PathBuf};

use super::{Log, files_below};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Side {
    Delete,
    Update,
}

impl Side {
    pub(super) fn name(self) -> &'static str {
        match self {
            Side::Delete => "delete",
            Side::Update => "update",
        }
    }
}

/// Whether a file holds changes: `table.delete`, `table.update`, or those with `.csv` behind. With
/// the table's name.
pub(super) fn side_of(file: &Path) -> Option<(Side, String)> {
    let name = file.file_name()?.to_string_lossy().into_owned();
    let name = name.strip_suffix(".csv").unwrap_or(&name);
    let (table, end) = name.rsplit_once('.')?;
    let side = [Side::Delete, Side::Update].into_iter().find(|s| s.name() == end)?;
    Some((side, table.to_owned()))
}

/// Applies the files of one side to a database.
///
/// # Errors
/// A table, a column or a key that is not there; nothing is changed then.
pub(super) fn apply(
    uploads: &[PathBuf],
    side: Side,
    database: &Path,
    exists: bool,
    log: &mut Log,
) -> Result<(), String> {
    let files: Vec<(PathBuf, String)> = uploads
        .iter()
        .flat_map(|u| files_below(u))
        .filter_map(|f| side_of(&f).filter(|(s, _)| *s == side).map(|(_, table)| (f, table)))
        .collect();
    let tables = if exists { geodata::read_facts(database, &[database.to_owned()]).layers } else { Vec::new() };
    for (file, table) in files {
        let known = tables.iter().find(|t| t.name == table);
        let known = known.ok_or_else(|| format!("La table {table} n'existe pas dans la base."))?;
        let key = known.fid_column.clone().unwrap_or_else(|| "ogc_fid".to_owned());
        let columns: Vec<String> = known.fields.iter().map(|f| f.name.clone()).chain([key.clone()]).collect();
        let statements = read(&file, side, &table, &key, &columns)?;
        log.info("integration", &format!("Table {table} : {} lignes ({})", statements.len(), side.name()));
        geodata::run_statements(database, &statements).map_err(|e| e.to_string())?;
    }
    Ok(())
}

fn read(file: &Path, side: Side, table: &str, key: &str, columns: &[String]) -> Result<Vec<String>, String> {
    let text = std::fs::read_to_string(file).map_err(|e| e.to_string())?;
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.contains(';') { b';' } else { b',' };
    let mut rows = csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text.as_bytes());
    let names: Vec<String> = rows.headers().map_err(|e| e.to_string())?.iter().map(str::to_owned).collect();
    if let Some(stranger) = names.iter().find(|n| !columns.contains(n)) {
        return Err(format!("La table {table} n'a pas de colonne {stranger}."));
    }
    if side == Side::Update && !names.iter().any(|n| n == key) {
        return Err(format!("Le fichier de mise à jour de {table} doit porter la clé primaire {key}."));
    }
    let mut statements = Vec::new();
    for row in rows.records() {
        let row = row.map_err(|e| e.to_string())?;
        let pairs: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(row.iter()).collect();
        let table = identifier(table);
        statements.push(match side {
            Side::Delete => {
                let wanted: Vec<String> = pairs
                    .iter()
                    .map(|(n, v)| {
                        if v.is_empty() {
                            format!("{} IS NULL", identifier(n))
                        } else {
                            format!("{} = {}", identifier(n), literal(v))
                        }
                    })
                    .collect();
                format!("DELETE FROM {table} WHERE {}", wanted.join(" AND "))
            }
            Side::Update => {
                let own = pairs.iter().find(|(n, _)| *n == key).map_or("", |(_, v)| v);
                let set: Vec<String> = pairs
                    .iter()
                    .filter(|(n, _)| *n != key)
                    .map(|(n, v)| {
                        format!("{} = {}", identifier(n), if v.is_empty() { "NULL".to_owned() } else { literal(v) })
                    })
                    .collect();
                if set.is_empty() {
                    return Err("Le fichier de mise à jour ne change aucune colonne.".to_owned());
                }
                format!("UPDATE {table} SET {} WHERE {} = {}", set.join(", "), identifier(key), literal(own))
            }
        });
    }
    Ok(statements)
}

fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}
