//! Loading an endpoint: shapes of load, run one after the other, and what each cost.
//!
//! In a closed loop each connection sends its next request when the last one is answered, which tells what the endpoint can do
//! at most. In an open loop requests are due at a fixed rate whether or not the last ones are answered, which is what users do:
//! time is counted from when a request was due, so that an endpoint that stalls cannot hide how many had to wait.

mod generator;
mod population;
mod shape;
mod tally;

pub use generator::{Load, Progress, run};
pub use population::{Population, populate};
pub use shape::Shape;
pub use tally::{Measurement, Percentiles};
