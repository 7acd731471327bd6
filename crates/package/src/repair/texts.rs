//! Texts: their encoding, and the numbers and dates that hide in them.

use geodata::Measures;
use model::{Change, Code, EncodingCandidate, Layer, RepairChoices, RepairOption, UTF8_TWICE, undone};

use super::{Asked, Offer, option};

pub(super) fn answer(asked: &Asked<'_>) -> Option<Offer> {
    let encoding = asked.inventory.layers.iter().find_map(|l| l.encoding.as_ref())?;
    if asked.code == Code::EncodingTwice {
        return Some(Offer::choice(vec![twice(encoding.candidates.iter().find(|c| c.name == "utf-8")?)]));
    }
    let found = encoding.name.clone()?;
    let mut options: Vec<RepairOption> = encoding
        .candidates
        .iter()
        .map(|candidate| {
            let words = candidate.words.join(", ");
            option(
                format!("decode:{}", candidate.name),
                candidate.name == found,
                format!("Lire les textes en {} et les écrire en UTF-8 : {words}.", candidate.name),
                format!("Read the texts as {} and write them in UTF-8: {words}.", candidate.name),
                Change::Decode { encoding: candidate.name.clone(), words: candidate.words.clone() },
            )
        })
        .collect();
    if !options.iter().any(|o| o.safe) {
        options.insert(
            0,
            option(
                format!("decode:{found}"),
                true,
                format!("Lire les textes en {found} et les écrire en UTF-8."),
                format!("Read the texts as {found} and write them in UTF-8."),
                Change::Decode { encoding: found, words: Vec::new() },
            ),
        );
    }
    options.sort_by_key(|o| !o.safe);
    Some(Offer { options, always: true })
}

/// Nothing is guessed: a text changes only when all of it, read back, is UTF-8 with a letter outside
/// ASCII, which no text in French that was encoded once is.
fn twice(seen: &EncodingCandidate) -> RepairOption {
    let words: Vec<String> = seen.words.iter().filter_map(|word| undone(word)).collect();
    let pairs: Vec<String> = seen.words.iter().filter_map(|word| Some(format!("{word} → {}", undone(word)?))).collect();
    let list = pairs.join(", ");
    option(
        format!("decode:{UTF8_TWICE}"),
        true,
        format!(
            "Défaire le second encodage des textes qui en portent la trace : {list}. Les autres restent tels quels."
        ),
        format!("Undo the second encoding of the texts that show it: {list}. The others stay as they are."),
        Change::Decode { encoding: UTF8_TWICE.to_owned(), words },
    )
}

/// What may be done without a finding.
pub(super) fn on_request(
    layer: &Layer,
    measures: Option<&Measures>,
    choices: &RepairChoices,
) -> Vec<(&'static str, Vec<RepairOption>)> {
    let mut offers = Vec::new();
    let texts = measures.map(|m| m.texts.clone()).unwrap_or_default();
    if !texts.is_empty() {
        let list: Vec<String> = texts.iter().map(|r| format!("{} ({})", r.field, r.example)).collect();
        let list = list.join(", ");
        // `12,13` may be a list of two: a person knows
        offers.push((
            "RETYPE",
            vec![option(
                "retype",
                false,
                format!("Lire comme nombres ou dates ces champs de texte, dont toutes les valeurs en sont : {list}."),
                format!("Read these text fields, whose values all are, as numbers or dates: {list}."),
                Change::Retype { fields: texts },
            )],
        ));
    }
    let gone: Vec<String> =
        choices.drop_fields.iter().filter(|d| layer.fields.iter().any(|f| f.name == **d)).cloned().collect();
    if !gone.is_empty() {
        let list = gone.join(", ");
        offers.push((
            "DROP_FIELDS",
            vec![option(
                "drop-fields",
                false,
                format!("Laisser ces champs hors de la copie : {list}."),
                format!("Leave these fields out of the copy: {list}."),
                Change::DropFields { fields: gone },
            )],
        ));
    }
    offers
}
