//! Keeps the cores awake while latencies are measured: an idle core of a virtual machine takes some 40 µs to wake, which
//! would be measured instead of the answer. The processes that do it give way to any other.

use std::io::Read as _;
use std::process::{Child, Command, ExitCode, Stdio};

/// The first argument with which this program keeps one core awake instead of measuring.
pub const COMMAND: &str = "keep-a-core-awake";

/// Works on nothing until standard input ends, as it does when whoever started this has ended.
pub fn spin() -> ExitCode {
    std::thread::spawn(|| {
        // Nothing is ever sent; an error means the end as well.
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
    loop {
        std::hint::spin_loop();
    }
}

/// Until it is dropped, no core sleeps.
pub struct Awake(Vec<Child>);

impl Awake {
    /// One process of the lowest priority for each core.
    pub fn start() -> Result<Self, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let start = |_| {
            let mut command = Command::new("nice");
            command.args(["-n", "19"]).arg(&program).arg(COMMAND).stdin(Stdio::piped());
            command.spawn().map_err(|error| format!("cannot start {command:?}: {error}"))
        };
        (0..cores).map(start).collect::<Result<_, _>>().map(Self)
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // One that has ended already needs no more.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
