//! Tables for a terminal: columns line up although a Japanese character takes two places.

/// Lays out rows under their headings.
#[must_use]
pub fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let head: Vec<String> = headings.iter().map(|text| (*text).to_owned()).collect();
    let widths: Vec<usize> = (0..head.len())
        .map(|column| {
            let cells = rows.iter().chain([&head]).filter_map(|row| row.get(column));
            cells.map(|cell| width(cell)).max().unwrap_or(0)
        })
        .collect();
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    [&head, &rule].into_iter().chain(rows).map(|row| line(row, &widths)).collect::<Vec<_>>().join("\n")
}

fn line(row: &[String], widths: &[usize]) -> String {
    let mut text = String::new();
    for (cell, wanted) in row.iter().zip(widths) {
        let cell: String = cell.chars().filter(|c| !c.is_control()).collect();
        text.push_str(&cell);
        text.push_str(&" ".repeat(wanted.saturating_sub(width(&cell)) + 2));
    }
    text.trim_end().to_owned()
}

/// Places that a text takes in a terminal.
#[must_use]
pub fn width(text: &str) -> usize {
    text.chars().filter(|c| !c.is_control()).map(places).sum()
}

/// Unicode Standard Annex 11: wide and full-width characters take two places, combining marks none.
const fn places(character: char) -> usize {
    match character as u32 {
        0x0300..=0x036F | 0x3099..=0x309A | 0x200B..=0x200F | 0xFE00..=0xFE0F | 0xE0100..=0xE01EF => 0,
        0x1100..=0x115F
        | 0x2E80..=0x303E
        | 0x3041..=0x33FF
        | 0x3400..=0x4DBF
        | 0x4E00..=0xA4CF
        | 0xA960..=0xA97F
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE10..=0xFE19
        | 0xFE30..=0xFE6F
        | 0xFF01..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1F300..=0x1F64F
        | 0x1F680..=0x1F6FF
        | 0x1F900..=0x1F9FF
        | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_with_wide_and_narrow_characters() {
        let rows = vec![
            vec!["佐藤 花子".to_owned(), "sato".to_owned()],
            vec!["Abe".to_owned(), "abe".to_owned()],
            vec!["ﾊﾅｺ が\u{3099}".to_owned(), "hanako".to_owned()],
        ];
        let text = table(&["氏名", "ログイン名"], &rows);
        let starts: Vec<usize> = ["ログイン名", "sato", "abe", "hanako"]
            .iter()
            .zip([0, 2, 3, 4])
            .map(|(word, number)| {
                let line = text.lines().nth(number).unwrap();
                width(&line[..line.find(word).unwrap()])
            })
            .collect();
        assert_eq!(starts, [11, 11, 11, 11]);
    }

    #[test]
    fn nothing_in_a_cell_steers_the_terminal() {
        let text = table(&["a"], &[vec!["\u{1b}[31mred\u{7}".to_owned()]]);
        assert!(!text.contains('\u{1b}') && !text.contains('\u{7}'));
    }
}
