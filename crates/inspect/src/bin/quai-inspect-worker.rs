//! A worker with this room's handlers only, for the room's own tests.

fn main() -> std::process::ExitCode {
    quai_inspect::work(quai_inspect::HANDLERS)
}
