//! Columns for people.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use crate::printable::Printable;

/// A column of a table or a line of details: its heading, and what it says of one thing, which may need
/// a context such as the site's civil time.
pub type Column<M, C> = (&'static str, fn(&M, &C) -> String);

/// A table without lines: headings in capitals, two spaces between columns, figures to the right. A
/// column that is empty all the way down is left out. Ends with a line break.
pub fn table<M, C>(columns: &[Column<M, C>], things: &[M], context: &C) -> String {
    if things.is_empty() {
        return "None.\n".to_owned();
    }
    let cells = |(heading, says): &Column<M, C>| {
        let cells = things.iter().map(|thing| says(thing, context));
        (heading.to_uppercase(), cells.collect::<Vec<_>>())
    };
    let mut used: Vec<_> = columns.iter().map(cells).collect();
    used.retain(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(used.iter().map(|(heading, _)| heading));
    for row in 0..things.len() {
        table.add_row(
            used.iter()
                .map(|(_, cells)| Printable(&cells[row]).to_string()),
        );
    }
    for (column, (_, cells)) in table.column_iter_mut().zip(&used) {
        column.set_padding((0, 2));
        if cells.iter().all(|cell| is_figure(cell)) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    // Without the spaces at the ends of lines that columns leave.
    let lines = table.lines();
    lines.map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Two columns: what it is, and what it says of one thing. Lines that say nothing are left out.
pub fn details<M, C>(lines: &[Column<M, C>], thing: &M, context: &C) -> String {
    let all = lines
        .iter()
        .map(|(what, says)| (what, says(thing, context)));
    let said: Vec<_> = all.filter(|(_, said)| !said.is_empty()).collect();
    let width = said.iter().map(|(what, _)| what.len()).max();
    let width = width.unwrap_or_default();
    said.iter()
        .map(|(what, said)| format!("{what:width$}  {}\n", Printable(said)))
        .collect()
}

/// Several as one cell.
pub fn joined(items: impl IntoIterator<Item = String>) -> String {
    items.into_iter().collect::<Vec<_>>().join(", ")
}

/// A word where something holds.
pub fn when(holds: bool, word: &str) -> String {
    if holds {
        word.to_owned()
    } else {
        String::new()
    }
}

fn is_figure(cell: &str) -> bool {
    cell.is_empty() || cell.trim_end_matches('%').parse::<f64>().is_ok()
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
