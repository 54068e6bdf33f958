//! Latency against population, both by powers of ten, as SVG.

use std::fmt::Write as _;

/// One operation.
pub struct Line {
    pub name: &'static str,
    /// Population and microseconds.
    pub points: Vec<(usize, f64)>,
}

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 460.0;
/// Left, right, top and bottom of the plot itself; the names stand at its right.
const FRAME: [f64; 4] = [70.0, 640.0, 30.0, 410.0];
const COLOURS: [&str; 8] = ["#1f6feb", "#b35900", "#1a7f37", "#8250df", "#cf222e", "#0a7ea4", "#9a6700", "#57606a"];

/// The picture, readable on a light and on a dark page.
pub fn svg(lines: &[Line]) -> String {
    let points = || lines.iter().flat_map(|line| line.points.iter());
    let decades = |values: Vec<f64>| {
        let low = values.iter().copied().fold(f64::INFINITY, f64::min).log10().floor();
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max).log10().ceil();
        (low, high.max(low + 1.0))
    };
    #[expect(clippy::cast_precision_loss, reason = "populations are far below 2^52")]
    let across = decades(points().map(|(people, _)| *people as f64).collect());
    let up = decades(points().map(|(_, micros)| *micros).collect());
    let [left, right, top, bottom] = FRAME;
    let x = |people: f64| left + (people.log10() - across.0) / (across.1 - across.0) * (right - left);
    let y = |micros: f64| bottom - (micros.log10() - up.0) / (up.1 - up.0) * (bottom - top);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <title>Latency of one connection by population</title>\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n"
    );
    let mut decade = across.0;
    while decade <= across.1 {
        let at = x(10_f64.powf(decade));
        let _ = writeln!(
            svg,
            "<path d=\"M{at:.1} {top}V{bottom}\" stroke=\"#d0d7de\"/><text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            bottom + 20.0,
            10_f64.powf(decade)
        );
        decade += 1.0;
    }
    let mut decade = up.0;
    while decade <= up.1 {
        let at = y(10_f64.powf(decade));
        let _ = writeln!(
            svg,
            "<path d=\"M{left} {at:.1}H{right}\" stroke=\"#d0d7de\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            left - 8.0,
            at + 4.0,
            micros_label(10_f64.powf(decade))
        );
        decade += 1.0;
    }
    let _ = writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">users</text>",
        f64::midpoint(left, right),
        bottom + 42.0
    );
    for (line, (label, colour)) in lines.iter().zip(label_heights(lines, y).into_iter().zip(COLOURS)) {
        let mut path = String::new();
        for (index, (people, micros)) in line.points.iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "populations are far below 2^52")]
            let at = x(*people as f64);
            let _ = write!(path, "{}{at:.1} {:.1}", if index == 0 { "M" } else { "L" }, y(*micros));
        }
        let _ = writeln!(
            svg,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{}</text>",
            right + 10.0,
            label + 4.0,
            line.name
        );
    }
    svg + "</svg>\n"
}

/// Where the names stand: at the end of each line, moved apart where ends lie close together.
fn label_heights(lines: &[Line], y: impl Fn(f64) -> f64) -> Vec<f64> {
    const APART: f64 = 17.0;
    let mut order: Vec<(usize, f64)> =
        lines.iter().enumerate().map(|(at, line)| (at, line.points.last().map_or(0.0, |last| y(last.1)))).collect();
    order.sort_by(|left, right| left.1.total_cmp(&right.1));
    for index in 1..order.len() {
        order[index].1 = order[index].1.max(order[index - 1].1 + APART);
    }
    let mut heights = vec![0.0; lines.len()];
    for (at, height) in order {
        heights[at] = height;
    }
    heights
}

fn micros_label(micros: f64) -> String {
    if micros < 1e3 {
        format!("{micros} µs")
    } else if micros < 1e6 {
        format!("{} ms", micros / 1e3)
    } else {
        format!("{} s", micros / 1e6)
    }
}
