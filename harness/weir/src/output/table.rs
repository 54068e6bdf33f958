//! Columns of text.

use std::fmt::Write as _;

use weir_exchange::legible;

use super::Output;

/// The blanks between two columns.
const GAP: usize = 2;
/// A column that is narrower cannot be read.
const NARROWEST: usize = 8;
/// How much room a column needs at least for a table to be worth its lines.
const ENOUGH: usize = 14;

/// Columns with two blanks between them; the last is as wide as it is. A row is one line, whatever stands in it, unless the terminal
/// is too narrow: then wide cells go on in the next line.
pub fn table(rows: &[Vec<String>]) -> String {
    laid_out(rows, Output::room())
}

/// As [`table()`], of rows whose first is the heading: where the columns would be too narrow to be read, each row becomes a list of
/// its cells with their headings.
pub fn headed_table(rows: &[Vec<String>]) -> String {
    headed(rows, Output::room())
}

fn headed(rows: &[Vec<String>], room: Option<usize>) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    match (room, rows.split_first()) {
        (Some(room), Some((head, rest))) if room < columns * ENOUGH && natural(&one_line(rows)).1 > room => {
            listed(head, rest, room)
        }
        _ => laid_out(rows, room),
    }
}

fn one_line(rows: &[Vec<String>]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(|cell| legible::one_line(cell).into_owned()).collect()).collect()
}

/// The widths that the cells have by themselves, and that of the longest line.
fn natural(rows: &[Vec<String>]) -> (Vec<usize>, usize) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let whole = widths.iter().sum::<usize>() + GAP * columns.saturating_sub(1);
    (widths, whole)
}

fn laid_out(rows: &[Vec<String>], room: Option<usize>) -> String {
    let rows = one_line(rows);
    let (mut widths, mut whole) = natural(&rows);
    if let Some(room) = room {
        // The widest gives way.
        while whole > room {
            let Some(widest) = (0..widths.len()).max_by_key(|&column| widths[column]) else { break };
            if widths[widest] <= NARROWEST {
                break;
            }
            widths[widest] -= 1;
            whole -= 1;
        }
    }
    rows.iter().map(|row| lines_of(row, &widths)).collect()
}

/// The lines of a row whose cells go on in the next line where they are wider than their column.
fn lines_of(row: &[String], widths: &[usize]) -> String {
    let cells: Vec<Vec<String>> = row.iter().zip(widths).map(|(cell, width)| wrapped(cell, *width)).collect();
    let mut text = String::new();
    for number in 0..cells.iter().map(Vec::len).max().unwrap_or(1) {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(widths) {
            let part = cell.get(number).map_or("", String::as_str);
            // Writing to a string cannot fail.
            let _ = write!(line, "{part:<width$}{:GAP$}", "");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Each row as a list of headings and cells.
fn listed(head: &[String], rows: &[Vec<String>], room: usize) -> String {
    let width = head.iter().map(|cell| cell.chars().count()).max().unwrap_or(0).min(room / 2);
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let pairs: Vec<Vec<String>> =
            head.iter().zip(row).map(|(name, cell)| vec![name.clone(), cell.clone()]).collect();
        let widths = [width, room.saturating_sub(width + GAP)];
        text.extend(one_line(&pairs).iter().map(|pair| lines_of(pair, &widths)));
    }
    text
}

/// A text whose long lines go on in the next line, below where their text begins: behind the margin, or behind the first column.
pub fn filled(text: &str, room: Option<usize>) -> String {
    let Some(room) = room else { return text.to_owned() };
    let mut filled = String::new();
    for line in text.lines() {
        if line.chars().count() <= room {
            filled.extend([line, "\n"]);
            continue;
        }
        let margin = line.chars().take_while(|c| *c == ' ').count();
        let hang = margin + if margin > 0 { GAP } else { 0 };
        let (indent, body) = (" ".repeat(margin), line.trim_start());
        for (index, part) in wrapped(body, room.saturating_sub(hang)).iter().enumerate() {
            filled.push_str(if index == 0 { &indent } else { "" });
            filled.extend(std::iter::repeat_n(' ', if index == 0 { 0 } else { hang }));
            filled.extend([part, "\n"]);
        }
    }
    filled
}

/// The text in lines of at most `width` characters, broken at blanks, and within a word that is longer. There is at least one line.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    if text.chars().count() <= width {
        return vec![text.to_owned()];
    }
    let mut lines = vec![String::new()];
    let mut length = 0;
    for word in text.split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        let gap = usize::from(length > 0);
        if length + gap + word.len() > width && length > 0 {
            lines.push(String::new());
            length = 0;
        }
        while word.len() > width {
            let rest = word.split_off(width);
            lines.last_mut().into_iter().for_each(|line| line.extend(&word));
            lines.push(String::new());
            word = rest;
        }
        let gap = if length > 0 { " " } else { "" };
        length += gap.len() + word.len();
        lines.last_mut().into_iter().for_each(|line| {
            line.push_str(gap);
            line.extend(&word);
        });
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows<const N: usize>(rows: &[[&str; N]]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect()
    }

    #[test]
    fn a_table_lines_up_and_has_no_trailing_blanks() {
        assert_eq!(laid_out(&rows(&[["a", "äöü", "x"], ["long", "b", ""]]), None), "a     äöü  x\nlong  b\n");
    }

    #[test]
    fn a_wide_cell_goes_on_in_the_next_line() {
        let rows = rows(&[["name", "what it says"], ["a", "one two three four five six seven"]]);
        assert_eq!(
            laid_out(&rows, Some(20)),
            "name  what it says\na     one two three\n      four five six\n      seven\n"
        );
    }

    #[test]
    fn a_long_line_goes_on_below_its_text() {
        let text = "Right is\n  201 and the resource as it is stored\nshort\n";
        assert_eq!(filled(text, Some(20)), "Right is\n  201 and the\n    resource as it\n    is stored\nshort\n");
        assert_eq!(filled(text, None), text);
    }

    #[test]
    fn no_line_is_longer_than_the_room_and_nothing_is_lost() {
        let long = "no-partial-update-ignored-visible, no-partial-update-refused, default";
        let rows = rows(&[
            [
                "configuration and event",
                "sent",
                "came back",
                "the endpoint reports",
                "account downstream",
                "applications",
            ],
            [long, "PUT with active false", "200", "active", "active", long],
        ]);
        for room in [40, 60, 80, 120, 200] {
            let text = headed(&rows, Some(room));
            assert!(text.lines().all(|line| line.chars().count() <= room), "{room}:\n{text}");
            let letters = |text: &str| text.chars().filter(|c| *c == 'p').count();
            let expected: usize = rows.iter().flatten().map(|cell| letters(cell)).sum();
            assert_eq!(letters(&text), expected, "{room}:\n{text}");
        }
        assert!(headed(&rows, Some(60)).starts_with("configuration and event  no-partial-update-ignored-visible,\n"));
    }
}
