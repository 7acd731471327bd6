//! Logs in the platform's form: `2026-01-31 10:20:30,456INFO||module||12||message`.

/// Lines, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Log(Vec<String>);

impl Log {
    fn say(&mut self, level: &str, module: &str, message: &str) {
        let when = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%S,%3f");
        let number = self.0.len() + 1;
        for line in message.lines() {
            self.0.push(format!("{when}{level}||{module}||{number}||{line}"));
        }
    }

    pub fn info(&mut self, module: &str, message: &str) {
        self.say("INFO", module, message);
    }

    pub fn warning(&mut self, module: &str, message: &str) {
        self.say("WARNING", module, message);
    }

    pub fn error(&mut self, module: &str, message: &str) {
        self.say("ERROR", module, message);
    }

    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.0
    }
}
