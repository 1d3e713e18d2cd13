//! A table in characters: columns side by side while they fit a narrow window, row by row where they do not.

use bote_sdk::rendering::Table;
use unicode_width::UnicodeWidthStr as _;

/// The width of a narrow window.
const WIDTH: usize = 76;

/// The lines of a table.
pub(crate) fn lines(table: &Table) -> Vec<String> {
    let widths: Vec<usize> = (0..table.columns.len()).map(|column| width(table, column)).collect();
    if widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1) <= WIDTH {
        let side_by_side = |cells: &Vec<String>| {
            let cells = cells
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell}{}", " ".repeat(width.saturating_sub(cell.width()))));
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        let rule = widths.iter().map(|width| "─".repeat(*width)).collect::<Vec<_>>().join("  ");
        let head = [table.title.clone(), side_by_side(&table.columns), rule];
        return head.into_iter().chain(table.rows.iter().map(side_by_side)).collect();
    }
    let mut lines = vec![table.title.clone()];
    for row in &table.rows {
        lines.push("·".to_owned());
        let cells = table.columns.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
        lines.extend(cells.map(|(column, cell)| format!("  {column}: {cell}")));
    }
    lines
}

fn width(table: &Table, column: usize) -> usize {
    let cells = table.rows.iter().filter_map(|row| row.get(column));
    cells.chain(table.columns.get(column)).map(|cell| cell.width()).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(cell: &str) -> Table {
        let columns = vec!["Início".to_owned(), "Causa".to_owned()];
        Table { title: "Quedas".to_owned(), columns, rows: vec![vec!["24/11 06:00".to_owned(), cell.to_owned()]] }
    }

    #[test]
    fn columns_stand_side_by_side_while_they_fit() {
        assert_eq!(
            lines(&table("Lost-Carrier")),
            ["Quedas", "Início       Causa", "───────────  ────────────", "24/11 06:00  Lost-Carrier"]
        );
    }

    #[test]
    fn a_wide_table_is_told_row_by_row() {
        let wide = "x".repeat(80);
        assert_eq!(
            lines(&table(&wide))[1..],
            ["·".to_owned(), "  Início: 24/11 06:00".to_owned(), format!("  Causa: {wide}")]
        );
    }
}
