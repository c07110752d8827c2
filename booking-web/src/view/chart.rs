//! Bars for a chart in SVG: lengths only; the page writes the numbers beside them.

/// Width of a full bar, in units of the drawing.
const FULL: f64 = 420.0;

/// One labelled bar.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) width: f64,
    pub(crate) value: String,
    pub(crate) bad: bool,
    /// Its place from the top, in units of the drawing.
    pub(crate) top: usize,
}

/// Height of one bar's line.
pub(crate) const LINE: usize = 26;

/// Bars for `(label, value, words, bad)`, the longest or `full` being as wide as there is room.
pub(crate) fn bars(
    rows: impl IntoIterator<Item = (String, f64, String, bool)>,
    full: Option<f64>,
) -> Vec<Bar> {
    let rows: Vec<_> = rows.into_iter().collect();
    let longest = rows.iter().map(|row| row.1).fold(0.0, f64::max);
    let full = full.unwrap_or(longest).max(f64::MIN_POSITIVE);
    rows.into_iter()
        .enumerate()
        .map(|(index, (label, value, words, bad))| Bar {
            label,
            width: (value / full).clamp(0.0, 1.0) * FULL,
            value: words,
            bad,
            top: index * LINE,
        })
        .collect()
}
