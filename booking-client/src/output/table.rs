//! Columns for people.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use crate::printable::Printable;

/// A table without lines: headings in capitals, two spaces between columns, figures to the right. A
/// column that is empty all the way down is left out. Ends with a line break.
pub(super) fn table(headings: &[&str], rows: Vec<Vec<String>>) -> String {
    if rows.is_empty() {
        return "None.\n".to_owned();
    }
    let used: Vec<usize> = (0..headings.len())
        .filter(|at| rows.iter().any(|row| !row[*at].is_empty()))
        .collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(used.iter().map(|at| headings[*at].to_uppercase()));
    for row in &rows {
        table.add_row(used.iter().map(|at| Printable(&row[*at]).to_string()));
    }
    for (column, at) in used.iter().enumerate() {
        let column = table
            .column_mut(column)
            .expect("every used column was added");
        column.set_padding((0, 2));
        if rows.iter().all(|row| is_figure(&row[*at])) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    lines(&table.to_string())
}

/// Two columns: what it is, and what it says. Lines that say nothing are left out.
pub(super) fn details(rows: &[(&str, String)]) -> String {
    let said = rows.iter().filter(|(_, said)| !said.is_empty());
    let width = said
        .clone()
        .map(|(what, _)| what.len())
        .max()
        .unwrap_or_default();
    said.map(|(what, said)| format!("{what:width$}  {}\n", Printable(said)))
        .collect()
}

fn is_figure(cell: &str) -> bool {
    cell.is_empty() || cell.trim_end_matches('%').parse::<f64>().is_ok()
}

/// Without the spaces at the ends of lines that columns leave.
fn lines(text: &str) -> String {
    text.lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn columns_line_up_and_empty_ones_are_left_out() {
        let rows = vec![
            row(&["OT-1", "", "5"]),
            row(&["日本", "", "105"]),
            row(&["a\nb", "", ""]),
        ];
        assert_eq!(
            table(&["Theatre", "Nothing", "min"], rows),
            "THEATRE  MIN\nOT-1       5\n日本     105\na\\u{a}b\n"
        );
        assert_eq!(table(&["x"], Vec::new()), "None.\n");
    }
}
