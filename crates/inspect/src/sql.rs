//! What an SQL script does, statement by statement, without running it: the platform takes some
//! statements and refuses others. Reads bytes, knows no database.

use std::io::{BufRead, BufReader};
use std::path::Path;

use model::{Code, Problem};

/// What the platform's tutorial on delivery lists, and the data themselves.
const TAKEN: &[(&str, &[&str])] = &[
    ("CREATE", &["TABLE", "VIEW", "INDEX", "SEQUENCE"]),
    ("ALTER", &["TABLE", "SEQUENCE"]),
    ("INSERT", &[]),
    ("COPY", &[]),
    // what tools write around the data, and which changes nothing
    ("BEGIN", &[]),
    ("COMMIT", &[]),
    ("START", &[]),
    ("END", &[]),
];
/// Words that may stand between a verb and what it makes.
const BETWEEN: &[&str] = &[
    "OR",
    "REPLACE",
    "UNIQUE",
    "TEMP",
    "TEMPORARY",
    "MATERIALIZED",
    "UNLOGGED",
    "IF",
    "NOT",
    "EXISTS",
    "ONLY",
    "INTO",
    "CONCURRENTLY",
];
const MOST_PROBLEMS: usize = 20;
const MOST_BYTES: u64 = 200_000_000;

/// Problems of a script, in the order of its lines.
pub(crate) fn read_script(path: &Path) -> std::io::Result<Vec<Problem>> {
    use std::io::Read;
    let mut problems = Vec::new();
    let mut statement = String::new();
    let mut begun = 0;
    let (mut quoted, mut comment, mut data) = (false, false, false);
    let file = BufReader::new(std::fs::File::open(path)?.take(MOST_BYTES));
    for (number, line) in file.split(b'\n').enumerate() {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        if data {
            // the rows that follow a COPY, until a line of their own ends them
            data = line.trim_end() != "\\.";
            continue;
        }
        let mut letters = line.chars().peekable();
        while let Some(letter) = letters.next() {
            let next = letters.peek().copied();
            match (letter, next) {
                ('*', Some('/')) if comment => {
                    comment = false;
                    letters.next();
                }
                _ if comment => {}
                ('\'', _) => quoted = !quoted,
                _ if quoted => {}
                ('/', Some('*')) => comment = true,
                ('-', Some('-')) => break,
                (';', _) => {
                    judge(&statement, begun, path, &mut problems);
                    data = statement.trim_start().to_uppercase().starts_with("COPY");
                    statement.clear();
                }
                _ if statement.len() < 400 => {
                    if statement.is_empty() && !letter.is_whitespace() {
                        begun = number + 1;
                    }
                    if !(statement.is_empty() && letter.is_whitespace()) {
                        statement.push(letter);
                    }
                }
                _ => {}
            }
        }
        if !statement.is_empty() {
            statement.push(' ');
        }
        if problems.len() >= MOST_PROBLEMS {
            break;
        }
    }
    judge(&statement, begun, path, &mut problems);
    Ok(problems)
}

fn judge(statement: &str, line: usize, path: &Path, problems: &mut Vec<Problem>) {
    let words: Vec<&str> = statement.split([' ', '\t', '(', '\r']).filter(|w| !w.is_empty()).collect();
    let Some(verb) = words.first().map(|w| w.to_uppercase()) else { return };
    let rest: Vec<&str> =
        words[1..].iter().copied().filter(|w| !BETWEEN.contains(&w.to_uppercase().as_str())).collect();
    let object = rest.first().map(|w| w.to_uppercase()).unwrap_or_default();
    let taken =
        TAKEN.iter().any(|(v, objects)| *v == verb && (objects.is_empty() || objects.contains(&object.as_str())));
    let problem = |code, name: &str, value: String, message: String| Problem {
        code,
        values: vec![("line".to_owned(), line.to_string()), (name.to_owned(), value)],
        message,
        file: Some(path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()),
    };
    if !taken {
        let shown =
            if matches!(verb.as_str(), "CREATE" | "ALTER" | "DROP") { format!("{verb} {object}") } else { verb };
        let message = format!("line {line}: {shown} is not taken");
        problems.push(problem(Code::SqlStatementRefused, "verb", shown, message));
        return;
    }
    let name = match verb.as_str() {
        "INSERT" | "COPY" => rest.first(),
        _ => rest.get(1),
    };
    // `a.b` and `"a"."b"` name a schema; `"a.b"` does not
    if let Some(name) = name
        && name.split('"').step_by(2).any(|bare| bare.contains('.'))
    {
        let message = format!("line {line}: `{name}` names a schema");
        problems.push(problem(Code::SqlSchemaNamed, "name", (*name).to_owned(), message));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_the_platform_refuses_are_told_with_their_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("base.sql");
        let script = "-- DROP TABLE a;\n/* DROP TABLE b; */\nCREATE TABLE \"zone.urba\" (id int, t text DEFAULT 'a;b');\n\
                      CREATE UNIQUE INDEX i ON zone (id);\nINSERT INTO public.zone VALUES (1, 'DROP TABLE x; --');\n\
                      COPY zone (id) FROM stdin;\nDROP\t1\n\\.\nGRANT ALL ON zone TO bob;\n\nDROP TABLE zone;\n\
                      CREATE EXTENSION postgis";
        std::fs::write(&path, script).expect("a file");
        let told: Vec<(Code, String)> = read_script(&path)
            .expect("a script")
            .into_iter()
            .map(|p| (p.code, format!("{} {}", p.values[0].1, p.values[1].1)))
            .collect();
        let wanted = [
            (Code::SqlSchemaNamed, "5 public.zone"),
            (Code::SqlStatementRefused, "9 GRANT"),
            (Code::SqlStatementRefused, "11 DROP TABLE"),
            (Code::SqlStatementRefused, "12 CREATE EXTENSION"),
        ];
        assert_eq!(told, wanted.map(|(code, text)| (code, text.to_owned())));
    }
}
